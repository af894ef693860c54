#include "cli/config.h"

static const struct {
    const char *option, *key;
} renamed[] = {
    {"output-file", "output"},
    {"ignore-rule", "ignore-rules"},
};

/* A file that asked for these would ask for them again in every run. */
static const char *const of_a_run[] = {
    "upgrade", "upgrade-package", "refresh", "refresh-package",
    "dry-run", "check",           "dump",    "window",
    "config",  "no-config",       "lock",    "no-progress",
    "offline",
};

/*
 * What a checkout could say to the harm of who runs it: whom to trust, and
 * where to write.
 */
static const char *const of_the_machine[] = {"cert", "cache-dir", "no-cache"};

static bool is_stored(const struct pl_option *option)
{
    return option->kind == PL_OPTION_FLAG || option->kind == PL_OPTION_VALUE ||
           option->kind == PL_OPTION_LIST || option->kind == PL_OPTION_CHOICE;
}

const char *pl_config_no_key(const struct pl_option *option)
{
    if (pl_option_named(option, of_a_run, PL_COUNT(of_a_run)))
        return "is of one run, and no key";
    if (pl_option_named(option, of_the_machine, PL_COUNT(of_the_machine)))
        return "is of the machine, and no key";
    return is_stored(option) ? NULL : "is no key";
}

struct pl_str pl_config_key(const struct pl_option *option)
{
    struct pl_str name = pl_str_from(option->name);
    for (size_t i = 0; i < PL_COUNT(renamed); i++)
        if (pl_str_is(name, renamed[i].option))
            return pl_str_from(renamed[i].key);
    return pl_config_no_key(option) ? (struct pl_str){0} : name;
}

bool pl_config_is_path(const struct pl_option *option)
{
    return option->kind != PL_OPTION_CHOICE && option->value &&
           (strstr(option->value, "FILE") || strstr(option->value, "DIR"));
}
