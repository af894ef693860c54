#include "cli/config_read.h"

#include "cli/nearest.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_write.h"
#include "pep/name.h"

static void destroy_toml(struct pl_toml **doc)
{
    pl_toml_destroy(*doc);
}

/* ---- keys ---- */

static const struct pl_option *find_option(struct pl_str key)
{
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++)
        if (pl_str_eq(pl_config_key(&pl_resolve_option_table[i]), key))
            return &pl_resolve_option_table[i];
    return NULL;
}

static bool no_key_of_option(const struct pl_config_reader *r,
                             struct pl_span span,
                             const struct pl_option *option)
{
    struct pl_str key = pl_config_key(option);
    const char *why = key.len ? "is no key" : pl_config_no_key(option);
    if (option->kind == PL_OPTION_SAME)
        key = pl_str_from(option->value);
    pl_error_set(r->err, PL_ERR_INPUT, span, "`%s` %s", option->name, why);
    if (key.len)
        return pl_error_hint(r->err, "write `%.*s`", PL_STR_ARG(key));
    if (option->kind == PL_OPTION_ALIAS)
        return pl_error_hint(r->err, "write what it stands for: %s",
                             option->value);
    return pl_error_hint(r->err, "--%s on the command line, or %.*s",
                         option->name,
                         PL_STR_ARG(pl_option_variable(r->arena, option)));
}

static bool unknown_key(const struct pl_config_reader *r,
                        const struct pl_toml_node *node, bool is_top)
{
    struct pl_str key = pl_toml_key(node);
    struct pl_span span = pl_toml_key_span(node);
    struct pl_nearest nearest = pl_nearest_to(key);
    if (pl_str_is(key, "lock"))
        return pl_error_set(r->err, PL_ERR_INPUT, span,
                            "a lock has no locks of its own");
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        if (pl_str_is(key, option->name) && option->kind != PL_OPTION_LATER)
            return no_key_of_option(r, span, option);
        if (pl_config_key(option).len)
            pl_nearest_try(&nearest, pl_config_key(option));
    }
    pl_nearest_try(&nearest, PL_STR("inputs"));
    if (is_top)
        pl_nearest_try(&nearest, PL_STR("lock"));
    pl_error_set(r->err, PL_ERR_INPUT, span, "there is no key `%.*s`",
                 PL_STR_ARG(key));
    if (nearest.found.len)
        return pl_error_hint(r->err, "did you mean `%.*s`?",
                             PL_STR_ARG(nearest.found));
    return pl_error_hint(r->err, "keys are the long names of the options that "
                                 "`podlock resolve --help` lists");
}

/* ---- inputs and output ---- */

static bool read_inputs(const struct pl_config_reader *r,
                        const struct pl_toml_node *node,
                        struct pl_config_lock *out)
{
    if (!pl_config_read_texts(r, node, PL_STR("inputs"), &out->inputs))
        return false;
    if (!out->inputs.len || out->inputs.len > PL_MAX_INCLUDE_FILES)
        return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                            "`inputs` takes 1 to %d files",
                            PL_MAX_INCLUDE_FILES);
    for (size_t i = 0; i < out->inputs.len; i++) {
        struct pl_str *path = &out->inputs.at[i];
        if (pl_str_is(*path, "-"))
            return pl_error_set(r->err, PL_ERR_INPUT,
                                pl_toml_span(pl_toml_at(node, i)),
                                "`inputs` takes files, and no standard input");
        *path = pl_path_join(r->arena, r->dir, *path);
    }
    out->has_inputs = true;
    return true;
}

static bool leaves_folder(struct pl_str path)
{
    struct pl_str part;
    bool leaves = pl_str_starts(path, "/");
    while (pl_str_cut(&path, '/', &part))
        leaves = leaves || pl_str_is(part, "..");
    return leaves;
}

/* Who resolves in a checkout does not expect it to write elsewhere. */
static bool read_output(const struct pl_config_reader *r,
                        const struct pl_toml_node *node,
                        const struct pl_option *option,
                        struct pl_config_lock *out)
{
    struct pl_config_value value;
    struct pl_str text;
    if (!pl_config_read_value(r, option, node, &value))
        return false;
    if (!pl_toml_str(node, &text) || pl_str_is(text, "-"))
        return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                            "`output` takes a file, and no standard output");
    if (leaves_folder(text)) {
        pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                     "`output` stays in the folder of this file");
        return pl_error_hint(r->err, "-o on the command line may name any");
    }
    struct pl_str base = pl_path_base(text);
    if (pl_str_ends(base, ".toml") && !pl_lock_name_valid(base)) {
        pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                     "`%.*s` is no name for a lock", PL_STR_ARG(base));
        return pl_error_hint(r->err, "PEP 751 has pylock.toml and "
                                     "pylock.NAME.toml, without a dot in NAME");
    }
    out->output = value.text;
    out->span = pl_toml_span(node);
    out->has_output = true;
    return true;
}

/* ---- ignore-rules ---- */

static bool read_member(const struct pl_config_reader *r,
                        const struct pl_toml_node *table, const char *key,
                        const struct pl_toml_node **node, struct pl_str *out)
{
    struct pl_str name = pl_str_from(key);
    if (pl_toml_get(table, key, node))
        return pl_config_read_text(r, *node, name, out);
    pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(table),
                 "a rule that is ignored needs its `%s`", key);
    return pl_error_hint(r->err, "{ id = \"numpy2-torch\", reason = \"...\" }");
}

static bool has_id(const struct pl_ignored_vec *rules, struct pl_str id)
{
    for (size_t i = 0; i < rules->len; i++)
        if (pl_str_eq(rules->at[i].id, id))
            return true;
    return false;
}

static bool read_ignored(const struct pl_config_reader *r,
                         const struct pl_toml_node *table,
                         struct pl_ignored_vec *out)
{
    struct pl_ignored_rule rule = {0};
    const struct pl_toml_node *id, *reason;
    if (pl_toml_type(table) != PL_TOML_TABLE) {
        pl_config_wrong_type(r, table, PL_STR("ignore-rules"), "tables");
        return pl_error_hint(r->err,
                             "{ id = \"numpy2-torch\", reason = \"...\" }");
    }
    for (size_t i = 0; i < pl_toml_count(table); i++) {
        struct pl_str key = pl_toml_key_at(table, i);
        if (!pl_str_is(key, "id") && !pl_str_is(key, "reason"))
            return pl_error_set(r->err, PL_ERR_INPUT,
                                pl_toml_key_span(pl_toml_at(table, i)),
                                "a rule that is ignored has `id` and "
                                "`reason`, and no `%.*s`",
                                PL_STR_ARG(key));
    }
    if (!read_member(r, table, "id", &id, &rule.id) ||
        !read_member(r, table, "reason", &reason, &rule.reason))
        return false;
    rule.span = pl_toml_span(id);
    if (has_id(out, rule.id))
        return pl_error_set(r->err, PL_ERR_INPUT, rule.span,
                            "`%.*s` is ignored twice", PL_STR_ARG(rule.id));
    pl_vec_push(r->arena, out, rule);
    return true;
}

static bool read_all_ignored(const struct pl_config_reader *r,
                             const struct pl_toml_node *node,
                             const struct pl_option *option,
                             struct pl_config_lock *out)
{
    struct pl_config_value value = {
        .option = option,
        .origin = pl_config_origin(r, pl_toml_key_span(node))};
    if (pl_toml_type(node) != PL_TOML_ARRAY) {
        pl_config_wrong_type(r, node, PL_STR("ignore-rules"),
                             "an array of tables");
        return pl_error_hint(r->err,
                             "[{ id = \"numpy2-torch\", reason = \"...\" }]");
    }
    for (size_t i = 0; i < pl_toml_count(node); i++) {
        if (!read_ignored(r, pl_toml_at(node, i), &out->ignored))
            return false;
        value.text = out->ignored.at[i].id;
        pl_vec_push(r->arena, &value.list, value.text);
    }
    pl_vec_push(r->arena, &out->values, value);
    return true;
}

/* ---- tables ---- */

static bool read_key(const struct pl_config_reader *r,
                     const struct pl_toml_node *node, bool is_top,
                     struct pl_config_lock *out)
{
    struct pl_str key = pl_toml_key(node);
    struct pl_config_value value;
    if (pl_str_is(key, "inputs"))
        return read_inputs(r, node, out);
    if (is_top && pl_str_is(key, "lock"))
        return true;
    const struct pl_option *option = find_option(key);
    if (!option)
        return unknown_key(r, node, is_top);
    if (pl_str_is(key, "output"))
        return read_output(r, node, option, out);
    if (pl_str_is(key, "ignore-rules"))
        return read_all_ignored(r, node, option, out);
    if (!pl_config_read_value(r, option, node, &value))
        return false;
    if (!is_top && pl_str_is(key, "template"))
        out->has_own_template = true;
    pl_vec_push(r->arena, &out->values, value);
    return true;
}

static bool read_table(const struct pl_config_reader *r,
                       const struct pl_toml_node *table, bool is_top,
                       struct pl_config_lock *out)
{
    struct pl_config_lock made = {.name = out->name,
                                  .span = pl_toml_span(table)};
    for (size_t i = 0; i < pl_toml_count(table); i++)
        if (!read_key(r, pl_toml_at(table, i), is_top, &made))
            return false;
    *out = made;
    return true;
}

static void inherit(const struct pl_config_reader *r,
                    const struct pl_config_lock *base,
                    struct pl_config_lock *lock)
{
    size_t own = lock->values.len;
    for (size_t i = 0; i < base->values.len; i++) {
        const struct pl_config_value *value = &base->values.at[i];
        bool is_own = false;
        for (size_t k = 0; k < own; k++)
            is_own = is_own || lock->values.at[k].option == value->option;
        if (is_own)
            continue;
        pl_vec_push(r->arena, &lock->values, *value);
        if (pl_str_is(pl_config_key(value->option), "ignore-rules"))
            lock->ignored = base->ignored;
    }
    if (!lock->has_inputs) {
        lock->inputs = base->inputs;
        lock->has_inputs = base->has_inputs;
    }
}

/* ---- outputs ---- */

static void name_output(const struct pl_config_reader *r,
                        struct pl_config_lock *lock)
{
    struct pl_str name = PL_STR("pylock.toml");
    if (lock->name.len)
        name = pl_arena_printf(r->arena, "pylock.%.*s.toml",
                               PL_STR_ARG(lock->name));
    if (!lock->has_output)
        lock->output = pl_path_join(r->arena, r->dir, name);
}

static bool check_format(const struct pl_config_reader *r,
                         const struct pl_config_lock *lock)
{
    struct pl_resolve_options options = {.output_file = lock->output};
    enum pl_output_format format;
    struct pl_error why = {.arena = r->arena};
    for (size_t i = 0; i < lock->values.len; i++)
        pl_config_put(&lock->values.at[i], &options);
    if (!pl_resolve_format(&options, &format, &why)) {
        pl_error_set(r->err, PL_ERR_INPUT, lock->span, "%.*s",
                     PL_STR_ARG(why.message));
        return pl_error_hint(r->err, "end it in .toml or .txt, or say "
                                     "`format`");
    }
    if (format == PL_OUTPUT_PYLOCK || lock->has_output)
        return true;
    pl_error_set(r->err, PL_ERR_INPUT, lock->span,
                 "what is no pylock.toml needs its `output`");
    return pl_error_hint(r->err, "output = \"requirements.txt\", say");
}

/* A lock over its own input would be the end of the input. */
static bool check_output(const struct pl_config_reader *r,
                         const struct pl_config *config,
                         const struct pl_config_lock *lock)
{
    if (!check_format(r, lock))
        return false;
    for (size_t i = 0; i < lock->inputs.len; i++)
        if (pl_path_eq(lock->inputs.at[i], lock->output))
            return pl_error_set(r->err, PL_ERR_INPUT, lock->span,
                                "`%.*s` is an input and the output",
                                PL_STR_ARG(lock->output));
    for (const struct pl_config_lock *other = config->locks; other < lock;
         other++)
        if (pl_path_eq(other->output, lock->output))
            return pl_error_set(r->err, PL_ERR_INPUT, lock->span,
                                "the locks `%.*s` and `%.*s` have the same "
                                "output",
                                PL_STR_ARG(other->name),
                                PL_STR_ARG(lock->name));
    return true;
}

/* ---- [lock.NAME] ---- */

static bool is_name_char(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_';
}

static bool check_name(const struct pl_config_reader *r,
                       const struct pl_toml_node *table)
{
    struct pl_str name = pl_toml_key(table);
    struct pl_cursor c = pl_cursor_from(name);
    if (pl_toml_type(table) != PL_TOML_TABLE)
        return pl_config_wrong_type(
            r, table, pl_arena_printf(r->arena, "lock.%.*s", PL_STR_ARG(name)),
            "a table");
    if (pl_cursor_span(&c, is_name_char).len == name.len && name.len &&
        name.len <= PL_MAX_LOCK_NAME_BYTES)
        return true;
    pl_error_set(r->err, PL_ERR_INPUT, pl_toml_key_span(table),
                 "`%.*s` is no name for a lock", PL_STR_ARG(name));
    return pl_error_hint(r->err, "letters, digits, - and _: at most %d of them",
                         PL_MAX_LOCK_NAME_BYTES);
}

static bool read_locks(const struct pl_config_reader *r,
                       const struct pl_toml_node *tables,
                       struct pl_config *config)
{
    size_t count = pl_toml_count(tables);
    if (pl_toml_type(tables) != PL_TOML_TABLE)
        return pl_config_wrong_type(r, tables, PL_STR("lock"),
                                    "tables: [lock.NAME]");
    if (!count || count > PL_MAX_CONFIG_LOCKS)
        return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(tables),
                            "there may be 1 to %d locks", PL_MAX_CONFIG_LOCKS);
    if (config->base.has_output) {
        pl_error_set(r->err, PL_ERR_INPUT, config->base.span,
                     "`output` is one file, and there are several locks");
        return pl_error_hint(r->err, "it stands in [lock.NAME]; without, "
                                     "pylock.NAME.toml is written");
    }
    config->locks = pl_new_array(r->arena, struct pl_config_lock, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_toml_node *table = pl_toml_at(tables, i);
        struct pl_config_lock *lock = &config->locks[i];
        if (!check_name(r, table))
            return false;
        lock->name = pl_arena_dup(r->arena, pl_toml_key(table));
        if (!read_table(r, table, false, lock))
            return false;
        inherit(r, &config->base, lock);
    }
    config->lock_count = count;
    return true;
}

/* ---- the file ---- */

static bool read_root(const struct pl_config_reader *r,
                      const struct pl_toml_node *root, bool is_pyproject,
                      struct pl_config *config)
{
    const struct pl_toml_node *locks;
    if (!read_table(r, root, true, &config->base))
        return false;
    if (is_pyproject && !config->base.has_inputs) {
        pl_vec_push(r->arena, &config->base.inputs, r->source->name);
        config->base.has_inputs = true;
    }
    if (pl_toml_get(root, "lock", &locks)) {
        if (!read_locks(r, locks, config))
            return false;
    } else {
        config->locks = pl_new(r->arena, struct pl_config_lock);
        config->locks[0] = config->base;
        config->lock_count = 1;
    }
    for (size_t i = 0; i < config->lock_count; i++) {
        name_output(r, &config->locks[i]);
        if (!check_output(r, config, &config->locks[i]))
            return false;
    }
    return true;
}

bool pl_config_parse(struct pl_arena *arena, const struct pl_source *source,
                     bool is_pyproject, struct pl_str dir,
                     struct pl_config *out, struct pl_error *err)
{
    struct pl_toml *doc PL_CLEANUP(destroy_toml) = NULL;
    struct pl_config made = {.source = source};
    const struct pl_config_reader r = {
        .arena = arena, .source = source, .dir = dir, .err = err};
    if (!pl_toml_parse(source, &doc, err))
        return false;
    const struct pl_toml_node *root = pl_toml_root(doc);
    if (is_pyproject && (!pl_toml_get(root, "tool", &root) ||
                         !pl_toml_get(root, "podlock", &root))) {
        *out = (struct pl_config){0};
        return true;
    }
    if (pl_toml_type(root) != PL_TOML_TABLE)
        return pl_config_wrong_type(&r, root, PL_STR("tool.podlock"),
                                    "a table");
    if (!read_root(&r, root, is_pyproject, &made))
        return false;
    *out = made;
    return true;
}
