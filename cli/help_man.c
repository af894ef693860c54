#include "cli/help.h"

#include "core/limits.h"

/* ---- roff ---- */

/* A minus that can be copied, and nothing that roff takes for a request. */
static void add_roff(struct pl_buf *out, struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool starts_line = i == 0 || text.at[i - 1] == '\n';
        if (starts_line && (c == '.' || c == '\''))
            pl_buf_add_cstr(out, "\\&");
        if (c == '-')
            pl_buf_add_cstr(out, "\\-");
        else if (c == '\\')
            pl_buf_add_cstr(out, "\\e");
        else
            pl_buf_add_char(out, c);
    }
}

static void add_section(struct pl_buf *out, const char *title)
{
    pl_buf_addf(out, ".SH %s\n", title);
}

static void add_paragraphs(struct pl_buf *out, const char *text)
{
    struct pl_str rest = pl_str_from(text), paragraph;
    while (rest.len && pl_str_cut(&rest, '\n', &paragraph)) {
        pl_buf_add_cstr(out, ".PP\n");
        add_roff(out, paragraph);
        pl_buf_add_char(out, '\n');
    }
}

static void add_tagged(struct pl_buf *out, struct pl_str head,
                       struct pl_str text)
{
    pl_buf_add_cstr(out, ".TP\n.B ");
    add_roff(out, head);
    pl_buf_add_char(out, '\n');
    add_roff(out, text);
    pl_buf_add_char(out, '\n');
}

/* ---- parts ---- */

static void add_options(struct pl_buf *out, const struct pl_option *options,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PL_BUF(head, PL_MAX_MESSAGE_BYTES);
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        if (options[i].kind == PL_OPTION_LATER)
            continue;
        pl_help_option_head(&options[i], false, &head);
        pl_help_option_text(&options[i], &text);
        add_tagged(out, pl_buf_view(&head), pl_buf_view(&text));
    }
}

static void add_synopsis(struct pl_buf *out)
{
    add_section(out, "SYNOPSIS");
    for (size_t i = 0; i < pl_command_count; i++) {
        const struct pl_command *command = pl_commands[i];
        if (!command->summary)
            continue;
        pl_buf_addf(out, ".B podlock %s\n", command->name);
        if (command->args) {
            add_roff(out, pl_str_from(command->args));
            pl_buf_add_char(out, '\n');
        }
        pl_buf_add_cstr(out, "[OPTION ...]\n.br\n");
    }
}

static void add_shared(struct pl_buf *out, const struct pl_command *command)
{
    if (!command->shared_count)
        return;
    pl_buf_add_cstr(out, ".PP\nAnd as for podlock resolve: all options from "
                         "\\-\\-");
    add_roff(out, pl_str_from(command->shared[0].name));
    pl_buf_add_cstr(out, " to \\-\\-");
    add_roff(out, pl_str_from(command->shared[command->shared_count - 1].name));
    pl_buf_add_cstr(out, ".\n");
}

static void add_commands(struct pl_buf *out)
{
    add_section(out, "COMMANDS");
    for (size_t i = 0; i < pl_command_count; i++) {
        const struct pl_command *command = pl_commands[i];
        if (!command->summary)
            continue;
        pl_buf_addf(out, ".SS podlock %s\n", command->name);
        add_roff(out, pl_str_from(command->summary));
        pl_buf_add_cstr(out, ".\n");
        add_paragraphs(out, command->text);
        add_options(out, command->options, command->option_count);
        add_shared(out, command);
    }
    pl_buf_add_cstr(out, ".SS Options of every command\n");
    add_options(out, pl_common_options, pl_common_option_count);
}

static void add_examples(struct pl_buf *out)
{
    add_section(out, "EXAMPLES");
    for (size_t i = 0; i < pl_command_count; i++) {
        struct pl_str rest = pl_str_from(pl_commands[i]->examples), line;
        struct pl_str command;
        while (rest.len && pl_str_cut(&rest, '\n', &line)) {
            pl_str_cut(&line, '\t', &command);
            add_tagged(out, command, line);
        }
    }
}

static const struct {
    const char *name, *text;
} variables[] = {
    {"PODLOCK_NAME", "the option --name of any command, in capitals and with "
                     "_ for -. An empty variable counts as not set. Options "
                     "that are known from pip and uv take those tools' "
                     "variables too, where the option's text says so, after "
                     "podlock's own."},
    {"NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM",
     "whether --color auto colours"},
    {"COLUMNS", "the width of tables"},
    {"PODLOCK_INDEX_NAME_USERNAME, PODLOCK_INDEX_NAME_PASSWORD",
     "credentials of --index NAME=URL: NAME in capitals, with _ for - and ."},
    {"NETRC", "the file with credentials by host, in place of ~/.netrc"},
    {"SSL_CERT_FILE, SSL_CERT_DIR",
     "certificates of the authorities to trust, where --cert names none"},
    {"HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
     "the way to the network, as for curl"},
    {"XDG_CACHE_HOME", "the folder of the cache, in place of ~/.cache"},
    {"CI", "when set, no progress is shown"},
};

static const struct {
    const char *code, *text;
} statuses[] = {
    {"0", "done"},
    {"1", "the answer is no"},
    {"2", "wrong usage, or a malformed file"},
    {"3", "the network or an index"},
    {"4", "integrity: a hash differs, or another matter of security"},
    {"5", "the local file system"},
    {"6", "a limit was reached"},
};

static void add_tables(struct pl_buf *out)
{
    add_section(out, "ENVIRONMENT");
    for (size_t i = 0; i < PL_COUNT(variables); i++)
        add_tagged(out, pl_str_from(variables[i].name),
                   pl_str_from(variables[i].text));
    add_section(out, "EXIT STATUS");
    for (size_t i = 0; i < PL_COUNT(statuses); i++)
        add_tagged(out, pl_str_from(statuses[i].code),
                   pl_str_from(statuses[i].text));
    pl_buf_add_cstr(out, ".PP\nA failure leaves every file as it was.\n");
}

void pl_help_man(struct pl_buf *out)
{
    pl_buf_add_cstr(out, ".\\\" Made by `podlock man`: change the tables of "
                         "options, not this.\n");
    pl_buf_addf(out, ".TH PODLOCK 1 \"\" \"podlock %s\" \"User Commands\"\n",
                PODLOCK_VERSION);
    add_section(out, "NAME");
    pl_buf_add_cstr(out, "podlock \\- lock what a GPU container lacks\n");
    add_synopsis(out);
    add_section(out, "DESCRIPTION");
    add_paragraphs(out,
                   "podlock reads Python requirements and the facts of a "
                   "container template, whose torch and CUDA are "
                   "preinstalled, and writes a lock of the wheels that have "
                   "to be added so that everything works together.\n"
                   "Results go to standard output, all else to standard "
                   "error. The same inputs give the same bytes.");
    add_commands(out);
    add_examples(out);
    add_tables(out);
    add_section(out, "SEE ALSO");
    pl_buf_add_cstr(out, "pip(1)\n.PP\nThe formats of locks, templates and "
                         "rules: the folder docs of the sources.\n");
}
