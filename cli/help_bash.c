#include "cli/help.h"

static void add_names(struct pl_buf *out, const struct pl_option *options,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].kind != PL_OPTION_LATER)
            pl_buf_addf(out, " --%s", options[i].name);
}

static void add_choices(struct pl_buf *out, const char *command,
                        const struct pl_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i].kind != PL_OPTION_CHOICE)
            continue;
        struct pl_str rest = pl_str_from(options[i].value), choice;
        pl_buf_addf(out, "    %s:--%s) words='", command, options[i].name);
        while (pl_str_cut(&rest, '|', &choice))
            pl_buf_addf(out, " %.*s", PL_STR_ARG(choice));
        pl_buf_add_cstr(out, "' ;;\n");
    }
}

static bool is_one_word(const struct pl_command *command)
{
    return !pl_str_has(pl_str_from(command->name), ' ');
}

static void add_command_names(struct pl_buf *out)
{
    for (size_t i = 0; i < pl_command_count; i++)
        if (pl_commands[i]->summary && is_one_word(pl_commands[i]))
            pl_buf_addf(out, " %s", pl_commands[i]->name);
}

/* Commands of two words are known once both are there. */
static void add_long_names(struct pl_buf *out)
{
    for (size_t i = 0; i < pl_command_count; i++)
        if (!is_one_word(pl_commands[i]))
            pl_buf_addf(out,
                        "    [ \"$command ${COMP_WORDS[2]}\" = '%s' ] &&\n"
                        "        command='%s'\n",
                        pl_commands[i]->name, pl_commands[i]->name);
}

/* A pattern of the shell's case. */
static struct pl_str quoted(struct pl_arena *arena, const char *name)
{
    return pl_arena_printf(arena, "'%s'", name);
}

static void add_cases(struct pl_buf *out)
{
    PL_ARENA(arena);
    for (size_t i = 0; i < pl_command_count; i++) {
        const struct pl_command *command = pl_commands[i];
        if (!command->summary)
            continue;
        const char *name = quoted(&arena, command->name).at;
        add_choices(out, name, command->options, command->option_count);
        add_choices(out, name, command->shared, command->shared_count);
        pl_buf_addf(out, "    %s:*) words='", name);
        add_names(out, command->options, command->option_count);
        add_names(out, command->shared, command->shared_count);
        add_names(out, pl_common_options, pl_common_option_count);
        pl_buf_add_cstr(out, "' ;;\n");
    }
}

void pl_help_bash(struct pl_buf *out)
{
    pl_buf_add_cstr(
        out, "# Completion of podlock for bash; made by `podlock completion`."
             "\n"
             "_podlock() {\n"
             "    local words='' at=${COMP_WORDS[COMP_CWORD]}\n"
             "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
             "    local command=${COMP_WORDS[1]}\n"
             "    COMPREPLY=()\n");
    add_long_names(out);
    pl_buf_add_cstr(out, "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                         "        words='");
    add_command_names(out);
    pl_buf_add_cstr(out, " --help --version'\n"
                         "    else case $command:$before in\n");
    add_choices(out, "*", pl_common_options, pl_common_option_count);
    add_cases(out);
    pl_buf_add_cstr(
        out, "    esac; fi\n"
             "    case $at:$words in\n"
             "    -*|*:\\ [!-]*)\n"
             "        COMPREPLY=($(compgen -W \"$words\" -- \"$at\")) ;;\n"
             "    *) COMPREPLY=($(compgen -f -- \"$at\")) ;;\n"
             "    esac\n"
             "}\n"
             "complete -o filenames -F _podlock podlock\n");
}
