#include "cli/commands.h"

#include <stdlib.h>

static int compare_name(const void *key, const void *element)
{
    const struct pl_command *const *command = element;
    return pl_str_cmp(*(const struct pl_str *)key,
                      pl_str_from((*command)->name));
}

const struct pl_command *pl_command_find(struct pl_str name)
{
    const struct pl_command *const *found =
        bsearch(&name, pl_commands, pl_command_count, sizeof(pl_commands[0]),
                compare_name);
    return found ? *found : NULL;
}

#define OPT(member) offsetof(struct pl_common, member)

const struct pl_option pl_common_options[] = {
    {.name = "help",
     .letter = 'h',
     .kind = PL_OPTION_ASK,
     .offset = OPT(help),
     .group = "Every command",
     .help = "show the command's help"},
    {.name = "version",
     .letter = 'V',
     .kind = PL_OPTION_ASK,
     .offset = OPT(version),
     .help = "show podlock's version"},
    {.name = "quiet",
     .letter = 'q',
     .kind = PL_OPTION_FLAG,
     .offset = OPT(quiet),
     .help = "print results and errors only"},
    {.name = "verbose",
     .letter = 'v',
     .kind = PL_OPTION_COUNT,
     .offset = OPT(verbose),
     .help = "say what supplied each option; twice: all traces"},
    {.name = "trace",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(trace),
     .value = "TOPICS",
     .help = "trace to standard error: options,index,solve,choice or all"},
    {.name = "color",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(colour),
     .value = "auto|always|never",
     .help = "colour the output"},
    {.name = "directory",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(directory),
     .value = "DIR",
     .help = "change to DIR first"},
};

const size_t pl_common_option_count = PL_COUNT(pl_common_options);
