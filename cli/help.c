#include "cli/help.h"

#include "core/limits.h"

#define HELP_COLUMN 32
#define NAME_COLUMN 17
#define DEFAULT_WIDTH 80
#define WIDEST 100
#define LONGEST_CHOICES 22

static const char opening[] =
    "podlock locks what your requirements need beyond what a GPU container "
    "already has. torch and CUDA stay as they are; only wheels that fit them "
    "are added.";

static void add_title(const struct pl_show *show, const char *title,
                      struct pl_buf *out)
{
    pl_buf_add_char(out, '\n');
    pl_show_text(show, PL_STYLE_BOLD, pl_str_from(title), out);
    pl_buf_add_char(out, '\n');
}

/* Longer lines are hard to read; where there is no width, as on paper. */
static struct pl_show page_of(const struct pl_show *show)
{
    struct pl_show page = *show;
    if (!page.width)
        page.width = DEFAULT_WIDTH;
    if (page.width > WIDEST)
        page.width = WIDEST;
    return page;
}

void pl_help_podlock(const struct pl_show *given, struct pl_buf *out)
{
    struct pl_show page = page_of(given), *show = &page;
    pl_show_wrapped(show, 0, pl_str_from(opening), out);
    add_title(show, "Start", out);
    for (size_t i = 0; i < pl_first_step_count; i++)
        pl_show_item(show, pl_str_from(pl_first_steps[i].command),
                     pl_str_from(pl_first_steps[i].what), HELP_COLUMN, out);
    add_title(show, "Commands", out);
    for (size_t i = 0; i < pl_command_count; i++)
        if (pl_commands[i]->summary)
            pl_show_item(show, pl_str_from(pl_commands[i]->name),
                         pl_str_from(pl_commands[i]->summary), NAME_COLUMN,
                         out);
    pl_buf_add_cstr(out, "\n`podlock COMMAND --help` says more; `man podlock` "
                         "says all.\n");
}

/* Are the choices shown in place of the value? */
static bool is_short(const struct pl_option *option)
{
    return strlen(option->value) <= LONGEST_CHOICES;
}

/* "--format FORMAT" */
static void add_placeholder(const struct pl_option *option, struct pl_buf *out)
{
    pl_buf_add_char(out, ' ');
    for (const char *at = option->name; *at; at++)
        pl_buf_add_char(out, *at == '-' ? '-' : (char)(*at - 'a' + 'A'));
}

void pl_help_option_head(const struct pl_option *option, bool indented,
                         struct pl_buf *out)
{
    if (option->letter)
        pl_buf_addf(out, "-%c, ", option->letter);
    else if (indented)
        pl_buf_add_cstr(out, "    ");
    pl_buf_addf(out, "--%s", option->name);
    if (option->kind == PL_OPTION_CHOICE && !is_short(option))
        add_placeholder(option, out);
    else if (option->kind == PL_OPTION_VALUE ||
             option->kind == PL_OPTION_LIST || option->kind == PL_OPTION_CHOICE)
        pl_buf_addf(out, " %s", option->value);
}

static void add_choices(const struct pl_option *option, struct pl_buf *out)
{
    struct pl_str rest = pl_str_from(option->value), choice;
    const char *before = ": ";
    while (pl_str_cut(&rest, '|', &choice)) {
        pl_buf_addf(out, "%s%.*s", before, PL_STR_ARG(choice));
        before = ", ";
    }
}

static void add_foreign(const struct pl_option *option, struct pl_buf *out)
{
    struct pl_str rest = pl_str_from(option->foreign), name;
    const char *before = " [also ";
    while (pl_str_cut(&rest, ' ', &name)) {
        pl_buf_addf(out, "%s%.*s", before, PL_STR_ARG(name));
        before = ", ";
    }
    pl_buf_add_char(out, ']');
}

void pl_help_option_text(const struct pl_option *option, struct pl_buf *out)
{
    pl_buf_add_cstr(out, option->help);
    if (option->kind == PL_OPTION_LIST)
        pl_buf_add_cstr(out, " (repeatable)");
    if (option->kind == PL_OPTION_CHOICE && !is_short(option))
        add_choices(option, out);
    if (option->kind == PL_OPTION_CHOICE)
        pl_buf_addf(out, " [default: %.*s]",
                    PL_STR_ARG(pl_option_choice(option, 0)));
    if (option->foreign)
        add_foreign(option, out);
}

static void add_options(const struct pl_show *show,
                        const struct pl_option *options, size_t count,
                        struct pl_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        PL_BUF(head, PL_MAX_MESSAGE_BYTES);
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        if (options[i].kind == PL_OPTION_LATER)
            continue;
        if (options[i].group || i == 0)
            add_title(show, options[i].group ? options[i].group : "Options",
                      out);
        pl_help_option_head(&options[i], true, &head);
        pl_help_option_text(&options[i], &text);
        pl_show_item(show, pl_buf_view(&head), pl_buf_view(&text), HELP_COLUMN,
                     out);
    }
}

static void add_examples(const struct pl_show *show, const char *examples,
                         struct pl_buf *out)
{
    struct pl_str rest = pl_str_from(examples), line, command;
    add_title(show, "Examples", out);
    while (pl_str_cut(&rest, '\n', &line)) {
        pl_str_cut(&line, '\t', &command);
        pl_show_item(show, command, line, HELP_COLUMN, out);
    }
}

void pl_help_command(struct pl_arena *arena, const struct pl_command *command,
                     const struct pl_show *given, struct pl_buf *out)
{
    struct pl_show page = page_of(given), *show = &page;
    pl_show_wrapped(
        show, 0,
        pl_arena_printf(arena, "usage: podlock %s%s%s%s", command->name,
                        command->args ? " " : "",
                        command->args ? command->args : "",
                        command->option_count ? " [OPTION ...]" : ""),
        out);
    struct pl_str rest = pl_str_from(command->text), paragraph;
    while (rest.len && pl_str_cut(&rest, '\n', &paragraph)) {
        pl_buf_add_char(out, '\n');
        pl_show_wrapped(show, 0, paragraph, out);
    }
    add_options(show, command->options, command->option_count, out);
    add_options(show, command->shared, command->shared_count, out);
    add_options(show, pl_common_options, pl_common_option_count, out);
    if (command->examples)
        add_examples(show, command->examples, out);
    pl_buf_add_char(out, '\n');
    pl_show_wrapped(show, 0,
                    PL_STR("Every option can come from a variable: "
                           "--directory from PODLOCK_DIRECTORY. The command "
                           "line comes first; -v says what supplied what."),
                    out);
}
