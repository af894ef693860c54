#include "rules/abi.h"

#include "core/file.h"
#include "core/limits.h"
#include "core/vec.h"
#include "rules/record.h"
#include "rules/shipped.h"

/* ---- the keys, as docs/rule-format.md lists them ---- */

enum { EDITION, RULE };

static const struct pl_key file_keys[] = {
    [EDITION] = {"edition", PL_KEY_STR, false},
    [RULE] = {"rule", PL_KEY_TABLES, false},
};

enum {
    ID,
    PACKAGE,
    VERSIONS,
    CONFLICTS,
    REQUIRES,
    SEVERITY,
    REASON,
    EVIDENCE,
    STATUS,
    METADATA,
};

static const struct pl_key rule_keys[] = {
    [ID] = {"id", PL_KEY_STR, true},
    [PACKAGE] = {"package", PL_KEY_STR, true},
    [VERSIONS] = {"versions", PL_KEY_STR, true},
    [CONFLICTS] = {"conflicts", PL_KEY_STR, false},
    [REQUIRES] = {"requires", PL_KEY_STR, false},
    [SEVERITY] = {"severity", PL_KEY_STR, true},
    [REASON] = {"reason", PL_KEY_STR, true},
    [EVIDENCE] = {"evidence", PL_KEY_STR, true},
    [STATUS] = {"status", PL_KEY_STR, true},
    [METADATA] = {"metadata", PL_KEY_BOOL, false},
};

static const struct pl_shape file_shape = {"a file of rules", file_keys,
                                           PL_COUNT(file_keys)};
static const struct pl_shape rule_shape = {"[[rule]]", rule_keys,
                                           PL_COUNT(rule_keys)};

static const char *const severities[] = {"import", "crash", "call",
                                         "wrong-result"};
static const char *const statuses[] = {"tested", "reported"};

/* ---- one rule ---- */

static bool read_versions(const struct pl_record *r, struct pl_abi_rule *rule)
{
    struct pl_str text = pl_record_str(r, VERSIONS);
    return pl_specifier_parse(r->arena, text, &rule->versions, r->err) ||
           pl_record_locate(r, VERSIONS);
}

static bool check_other(const struct pl_record *r, size_t key,
                        const struct pl_requirement *other,
                        const struct pl_abi_rule *rule)
{
    const char *name = rule_keys[key].name;
    if (other->extra_count || other->url.len || other->marker)
        return pl_record_fail(r, key,
                              "`%s` must be a name and versions, without "
                              "extras, URL or marker",
                              name);
    if (rule->is_requires && !other->specifier.count)
        return pl_record_fail(r, key,
                              "`requires` without versions is never broken");
    if (pl_str_eq(other->name, rule->package))
        return pl_record_fail(r, key, "`%s` names the rule's own package",
                              name);
    return true;
}

static bool read_other(const struct pl_record *r, struct pl_abi_rule *rule)
{
    if (pl_record_has(r, CONFLICTS) == pl_record_has(r, REQUIRES))
        return pl_record_fail(r, ID,
                              "the rule must have one of `conflicts` and "
                              "`requires`");
    rule->is_requires = pl_record_has(r, REQUIRES);
    size_t key = rule->is_requires ? REQUIRES : CONFLICTS;
    struct pl_requirement other;
    if (!pl_requirement_parse(r->arena, pl_record_str(r, key), &other, r->err))
        return pl_record_locate(r, key);
    if (!check_other(r, key, &other, rule))
        return false;
    rule->other = other.name;
    rule->other_versions = other.specifier;
    return true;
}

static bool read_rule(struct pl_record r, const struct pl_toml_node *node,
                      struct pl_abi_rule *out)
{
    struct pl_abi_rule rule = {0};
    size_t word;
    if (!pl_record_read(&r, &rule_shape, node) ||
        !pl_record_id(&r, ID, "all", &rule.id) ||
        !pl_record_name(&r, PACKAGE, &rule.package) ||
        !read_versions(&r, &rule) || !read_other(&r, &rule) ||
        !pl_record_choice(&r, SEVERITY, severities, PL_COUNT(severities),
                          &word) ||
        !pl_record_choice(&r, STATUS, statuses, PL_COUNT(statuses), &word))
        return false;
    rule.severity = pl_record_str(&r, SEVERITY);
    rule.reason = pl_record_str(&r, REASON);
    rule.evidence = pl_record_str(&r, EVIDENCE);
    rule.status = pl_record_str(&r, STATUS);
    rule.in_metadata = pl_record_bool(&r, METADATA, false);
    rule.span = pl_record_span(&r, ID);
    *out = rule;
    return true;
}

/* ---- lists of them ---- */

struct list {
    struct pl_abi_rule *at;
    size_t len, cap;
    struct pl_str edition;
};

static bool read_rules(struct pl_arena *arena, const struct pl_source *source,
                       const struct pl_toml_node *root, struct list *list,
                       struct pl_error *err)
{
    struct pl_record r = {.arena = arena, .source = source, .err = err};
    if (!pl_record_read(&r, &file_shape, root))
        return false;
    if (pl_record_has(&r, EDITION))
        list->edition = pl_record_str(&r, EDITION);
    for (size_t i = 0; i < pl_record_count(&r, RULE); i++) {
        struct pl_abi_rule rule;
        if (list->len == PL_MAX_ABI_RULES)
            return pl_error_set(err, PL_ERR_LIMIT, pl_record_span(&r, RULE),
                                "more than %d rules", PL_MAX_ABI_RULES);
        if (!read_rule(r, pl_record_at(&r, RULE, i), &rule))
            return false;
        pl_vec_push(arena, list, rule);
    }
    return true;
}

/* Of one id, the one that stands first in its file comes first. */
static int compare_rules(const void *left, const void *right)
{
    const struct pl_abi_rule *a = left, *b = right;
    int order = pl_str_cmp(a->id, b->id);
    if (!order)
        order = pl_str_cmp(a->span.source->name, b->span.source->name);
    if (!order)
        order = a->span.begin < b->span.begin ? -1 : 1;
    return order;
}

static bool sort_rules(struct list *list, struct pl_error *err)
{
    if (list->len)
        qsort(list->at, list->len, sizeof(*list->at), compare_rules);
    for (size_t i = 1; i < list->len; i++) {
        const struct pl_abi_rule *first = &list->at[i - 1];
        const struct pl_abi_rule *second = &list->at[i];
        if (!pl_str_eq(first->id, second->id))
            continue;
        pl_error_set(err, PL_ERR_INPUT, second->span, "a second rule `%.*s`",
                     PL_STR_ARG(second->id));
        return pl_error_because(err, "the first is at %.*s:%u",
                                PL_STR_ARG(first->span.source->name),
                                pl_span_place(first->span).line);
    }
    return true;
}

static bool parse_into(struct pl_arena *arena, const struct pl_source *source,
                       struct list *list, struct pl_error *err)
{
    struct pl_toml *doc;
    if (!pl_toml_parse(source, &doc, err))
        return false;
    bool good = read_rules(arena, source, pl_toml_root(doc), list, err);
    pl_toml_destroy(doc);
    return good;
}

bool pl_abi_parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_abi_rules *out, struct pl_error *err)
{
    struct list list = {0};
    if (!parse_into(arena, source, &list, err) || !sort_rules(&list, err))
        return false;
    *out = (struct pl_abi_rules){list.at, list.len, list.edition};
    return true;
}

/* ---- loading ---- */

static bool load_shipped(struct pl_arena *arena, struct list *list,
                         struct pl_error *err)
{
    for (size_t i = 0; i < pl_shipped_file_count; i++) {
        const struct pl_shipped_file *file = &pl_shipped_files[i];
        bool is_rules = pl_str_starts(file->name, "abi/");
        if (!is_rules && list->len)
            break; /* they are by name: looking at the others costs memory */
        if (!is_rules)
            continue;
        const struct pl_source *source = pl_shipped_source(arena, file);
        struct pl_toml *doc = pl_shipped_open(source, file);
        bool good = read_rules(arena, source, pl_toml_root(doc), list, err);
        pl_toml_destroy(doc);
        if (!good)
            return false;
    }
    return sort_rules(list, err);
}

static bool load_dir(struct pl_arena *arena, struct pl_str dir,
                     struct list *list, struct pl_error *err)
{
    struct pl_str *names;
    size_t count, files = 0;
    if (!pl_dir_list(arena, dir, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct pl_source *source;
        struct pl_str path = pl_path_join(arena, dir, names[i]);
        if (!pl_str_ends(names[i], ".toml"))
            continue;
        files++;
        if (!pl_file_exists(path))
            return pl_error_plain(err, PL_ERR_FILE,
                                  "cannot read %.*s: it is not a regular file",
                                  PL_STR_ARG(path));
        if (!pl_source_load(arena, path, &source, err) ||
            !parse_into(arena, source, list, err))
            return false;
    }
    if (!files)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "no *.toml file with rules in `%.*s`",
                              PL_STR_ARG(dir));
    return sort_rules(list, err);
}

/* Both are sorted; of an id that is in both, the second list's rule counts. */
static void merge(struct pl_arena *arena, const struct list *shipped,
                  const struct list *user, struct list *out)
{
    size_t i = 0, j = 0;
    while (i < shipped->len || j < user->len) {
        int order = i == shipped->len ? 1
                    : j == user->len
                        ? -1
                        : pl_str_cmp(shipped->at[i].id, user->at[j].id);
        if (order < 0)
            pl_vec_push(arena, out, shipped->at[i]);
        else
            pl_vec_push(arena, out, user->at[j]);
        i += order <= 0;
        j += order >= 0;
    }
}

bool pl_abi_load(struct pl_arena *arena, struct pl_str dir,
                 struct pl_abi_rules *out, struct pl_error *err)
{
    struct list shipped = {0}, user = {0}, all = {0};
    if (!load_shipped(arena, &shipped, err) ||
        (dir.len && !load_dir(arena, dir, &user, err)))
        return false;
    merge(arena, &shipped, &user, &all);
    *out = (struct pl_abi_rules){all.at, all.len, shipped.edition};
    return true;
}

const struct pl_abi_rule *pl_abi_find(const struct pl_abi_rules *rules,
                                      struct pl_str id)
{
    size_t low = 0, high = rules->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(rules->rules[middle].id, id);
        if (order == 0)
            return &rules->rules[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
