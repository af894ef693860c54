#include "cli/commands.h"
#include "cli/config.h"
#include "core/jsonw.h"

/* ---- kinds ---- */

static void write_text(struct pl_jsonw *w, const char *key)
{
    pl_jsonw_object(w, key);
    pl_jsonw_str(w, "type", PL_STR("string"));
    pl_jsonw_u64(w, "minLength", 1);
    pl_jsonw_end(w);
}

static void write_choices(struct pl_jsonw *w, const struct pl_option *option)
{
    struct pl_str rest = pl_str_from(option->value), choice;
    pl_jsonw_array(w, "enum");
    while (pl_str_cut(&rest, '|', &choice))
        pl_jsonw_str(w, NULL, choice);
    pl_jsonw_end(w);
    pl_jsonw_str(w, "default", pl_option_choice(option, 0));
}

static void write_kind(struct pl_jsonw *w, const struct pl_option *option)
{
    if (option->kind == PL_OPTION_FLAG)
        pl_jsonw_str(w, "type", PL_STR("boolean"));
    if (option->kind == PL_OPTION_CHOICE)
        write_choices(w, option);
    if (option->kind == PL_OPTION_VALUE && pl_config_takes_number(option)) {
        static const struct pl_str types[] = {{"string", 6}, {"integer", 7}};
        pl_jsonw_strs(w, "type", types, PL_COUNT(types));
    } else if (option->kind == PL_OPTION_VALUE) {
        pl_jsonw_str(w, "type", PL_STR("string"));
        pl_jsonw_u64(w, "minLength", 1);
    }
    if (option->kind == PL_OPTION_LIST) {
        pl_jsonw_str(w, "type", PL_STR("array"));
        write_text(w, "items");
    }
}

static void write_ignored(struct pl_jsonw *w)
{
    static const struct pl_str required[] = {{"id", 2}, {"reason", 6}};
    pl_jsonw_str(w, "type", PL_STR("array"));
    pl_jsonw_object(w, "items");
    pl_jsonw_str(w, "type", PL_STR("object"));
    pl_jsonw_object(w, "properties");
    write_text(w, "id");
    write_text(w, "reason");
    pl_jsonw_end(w);
    pl_jsonw_strs(w, "required", required, PL_COUNT(required));
    pl_jsonw_bool(w, "additionalProperties", false);
    pl_jsonw_end(w);
}

/* ---- keys ---- */

static void write_option(struct pl_jsonw *w, const struct pl_option *option)
{
    struct pl_str key = pl_config_key(option);
    pl_jsonw_object(w, key.at);
    pl_jsonw_str(w, "description",
                 pl_str_is(key, "output")
                     ? PL_STR("file to write; pylock.toml or pylock.NAME.toml")
                     : pl_str_from(option->help));
    if (pl_str_is(key, "ignore-rules"))
        write_ignored(w);
    else
        write_kind(w, option);
    pl_jsonw_end(w);
}

static void write_inputs(struct pl_jsonw *w)
{
    pl_jsonw_object(w, "inputs");
    pl_jsonw_str(w, "description",
                 PL_STR("files to lock when none is named: requirements.in, "
                        "pyproject.toml"));
    pl_jsonw_str(w, "type", PL_STR("array"));
    write_text(w, "items");
    pl_jsonw_u64(w, "minItems", 1);
    pl_jsonw_end(w);
}

/* In the order of the table, which is that of --help. */
static void write_keys(struct pl_jsonw *w)
{
    write_inputs(w);
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++)
        if (pl_config_key(&pl_resolve_option_table[i]).len)
            write_option(w, &pl_resolve_option_table[i]);
}

static void write_locks(struct pl_jsonw *w)
{
    pl_jsonw_object(w, "lock");
    pl_jsonw_str(w, "description",
                 PL_STR("one table a lock, [lock.NAME]: what it says comes "
                        "before what stands above"));
    pl_jsonw_str(w, "type", PL_STR("object"));
    pl_jsonw_u64(w, "minProperties", 1);
    pl_jsonw_object(w, "patternProperties");
    pl_jsonw_object(w, "^[A-Za-z0-9_-]{1,64}$");
    pl_jsonw_str(w, "type", PL_STR("object"));
    pl_jsonw_object(w, "properties");
    write_keys(w);
    pl_jsonw_end(w);
    pl_jsonw_bool(w, "additionalProperties", false);
    pl_jsonw_end(w);
    pl_jsonw_end(w);
    pl_jsonw_bool(w, "additionalProperties", false);
    pl_jsonw_end(w);
}

static int run(struct pl_cli *cli, const void *values)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    (void)values;
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "$schema",
                 PL_STR("http://json-schema.org/draft-07/schema#"));
    pl_jsonw_str(&w, "title", PL_STR("podlock.toml"));
    pl_jsonw_str(&w, "description",
                 PL_STR("How podlock locks a project; the same keys stand in "
                        "[tool.podlock] of a pyproject.toml"));
    pl_jsonw_str(&w, "type", PL_STR("object"));
    pl_jsonw_object(&w, "properties");
    write_keys(&w);
    write_locks(&w);
    pl_jsonw_end(&w);
    pl_jsonw_bool(&w, "additionalProperties", false);
    pl_jsonw_end(&w);
    return 0;
}

/* For editors, and for those who build podlock; not in the lists. */
const struct pl_command pl_cmd_schema = {
    .name = "schema",
    .text = "Prints the JSON schema of podlock.toml.",
    .run = run,
};
