#include <inttypes.h>

#include "lockfmt/lock_diff_internal.h"
#include "lockfmt/lock_diff_values.h"

/* One change for the rows; of a single value, its texts. */
static void add_change(struct pl_differ *d, enum pl_diff_subject subject,
                       struct pl_str name, const pl_diff_rows *rows)
{
    struct pl_diff_change change = {.name = name, .subject = subject};
    if (!rows->len)
        return;
    change.values = rows->at;
    change.value_count = rows->len;
    if (rows->len == 1 || subject == PL_DIFF_OF_IMAGE) {
        change.from = rows->at[0].from;
        change.to = rows->at[0].to;
    }
    change.has_bytes = true;
    pl_diff_classify(d->arena, &change);
    pl_vec_push(d->arena, &d->changes, change);
}

static void add_text(struct pl_differ *d, enum pl_diff_field field,
                     const char *name, struct pl_str from, struct pl_str to)
{
    pl_diff_rows rows = {0};
    pl_diff_text(d->arena, &rows, field, from, to);
    add_change(d, PL_DIFF_OF_LOCK, pl_str_from(name), &rows);
}

static void add_list(struct pl_differ *d, enum pl_diff_field field,
                     const char *name, const struct pl_str *a, size_t a_count,
                     const struct pl_str *b, size_t b_count)
{
    pl_diff_rows rows = {0};
    pl_diff_list(d->arena, &rows, field, a, a_count, b, b_count);
    add_change(d, PL_DIFF_OF_LOCK, pl_str_from(name), &rows);
}

/* A list that may be there though it is empty. */
struct choice {
    const struct pl_str *at;
    size_t count;
    bool has;
};

static void add_choice(struct pl_differ *d, enum pl_diff_field field,
                       enum pl_diff_field has_field, const char *name,
                       struct choice a, struct choice b)
{
    pl_diff_rows rows = {0};
    pl_diff_flag(d->arena, &rows, has_field, a.has, b.has);
    pl_diff_list(d->arena, &rows, field, a.at, a.count, b.at, b.count);
    add_change(d, PL_DIFF_OF_LOCK, pl_str_from(name), &rows);
}

static void add_set(struct pl_differ *d, enum pl_diff_field field,
                    const char *name, const struct pl_str *a, size_t a_count,
                    const struct pl_str *b, size_t b_count)
{
    pl_diff_rows rows = {0};
    pl_diff_set(d->arena, &rows, field, a, a_count, b, b_count);
    add_change(d, PL_DIFF_OF_LOCK, pl_str_from(name), &rows);
}

/* A change for each key. */
static void add_keys(struct pl_differ *d, enum pl_diff_field field,
                     const char *prefix, const struct pl_lock_others *a,
                     const struct pl_lock_others *b)
{
    pl_diff_rows rows = {0};
    pl_diff_keys(d->arena, &rows, field, a, b);
    for (size_t i = 0; i < rows.len; i++) {
        pl_diff_rows one = {.at = &rows.at[i], .len = 1};
        struct pl_str name = pl_arena_printf(d->arena, "%s%.*s", prefix,
                                             PL_STR_ARG(rows.at[i].key));
        add_change(d, PL_DIFF_OF_LOCK, name, &one);
    }
}

/* ---- the image ---- */

bool pl_diff_same_facts(const struct pl_diff_given *given)
{
    const struct pl_lock *a = given->old.lock, *b = given->new.lock;
    return a->template_digest.len &&
           pl_str_eq(a->template_digest, b->template_digest);
}

static void add_template(struct pl_differ *d, const struct pl_lock *a,
                         const struct pl_lock *b)
{
    pl_diff_rows rows = {0};
    pl_diff_text(d->arena, &rows, PL_DIFF_TEMPLATE, a->template_id,
                 b->template_id);
    pl_diff_text(d->arena, &rows, PL_DIFF_TEMPLATE_DIGEST, a->template_digest,
                 b->template_digest);
    add_change(d, PL_DIFF_OF_IMAGE, PL_STR("template"), &rows);
}

static void add_facts(struct pl_differ *d)
{
    const struct pl_template *a = d->given->old.facts;
    const struct pl_template *b = d->given->new.facts;
    pl_diff_rows python = {0}, cuda = {0};
    if (!a || !b)
        return;
    pl_diff_text(d->arena, &python, PL_DIFF_PYTHON, a->env.python_full,
                 b->env.python_full);
    pl_diff_text(d->arena, &cuda, PL_DIFF_CUDA, a->cuda, b->cuda);
    add_change(d, PL_DIFF_OF_IMAGE, PL_STR("python"), &python);
    add_change(d, PL_DIFF_OF_IMAGE, PL_STR("cuda"), &cuda);
}

/* ---- the lock ---- */

static struct pl_str or_else(struct pl_str text, const char *otherwise)
{
    return text.len ? text : pl_str_from(otherwise);
}

static struct pl_str download_of(struct pl_arena *arena,
                                 const struct pl_lock *lock)
{
    if (lock->download == UINT64_MAX)
        return (struct pl_str){0};
    return pl_arena_printf(arena, "%" PRIu64, lock->download);
}

static void add_choices(struct pl_differ *d, const struct pl_lock *a,
                        const struct pl_lock *b)
{
    add_choice(d, PL_DIFF_EXTRA, PL_DIFF_HAS_EXTRAS, "extras",
               (struct choice){a->extras, a->extra_count, a->has_extras},
               (struct choice){b->extras, b->extra_count, b->has_extras});
    add_choice(d, PL_DIFF_DEPENDENCY_GROUP, PL_DIFF_HAS_DEPENDENCY_GROUPS,
               "dependency-groups",
               (struct choice){a->groups, a->group_count, a->has_groups},
               (struct choice){b->groups, b->group_count, b->has_groups});
    add_choice(d, PL_DIFF_DEFAULT_GROUP, PL_DIFF_HAS_DEFAULT_GROUPS,
               "default-groups",
               (struct choice){a->default_groups, a->default_group_count,
                               a->has_default_groups},
               (struct choice){b->default_groups, b->default_group_count,
                               b->has_default_groups});
}

static void add_tool(struct pl_differ *d, const struct pl_lock *a,
                     const struct pl_lock *b)
{
    pl_diff_rows foreign = {0}, inputs = {0};
    pl_diff_flag(d->arena, &foreign, PL_DIFF_FOREIGN, a->is_foreign,
                 b->is_foreign);
    add_change(d, PL_DIFF_OF_LOCK, PL_STR("tool.podlock"), &foreign);
    add_text(d, PL_DIFF_RULES_EDITION, "rules", a->rules_edition,
             b->rules_edition);
    pl_diff_inputs(d->arena, &inputs, a, b);
    add_change(d, PL_DIFF_OF_LOCK, PL_STR("inputs"), &inputs);
    add_list(d, PL_DIFF_ARGUMENT, "arguments", a->arguments, a->argument_count,
             b->arguments, b->argument_count);
    add_text(d, PL_DIFF_DOWNLOAD, "download", download_of(d->arena, a),
             download_of(d->arena, b));
    add_set(d, PL_DIFF_BROKEN, "broken", a->broken, a->broken_count, b->broken,
            b->broken_count);
    add_set(d, PL_DIFF_IGNORED_RULE, "ignored-rules", a->ignored_rules,
            a->ignored_rule_count, b->ignored_rules, b->ignored_rule_count);
    add_keys(d, PL_DIFF_PODLOCK_KEY, "tool.podlock.", &a->podlock_keys,
             &b->podlock_keys);
}

void pl_diff_lock_keys(struct pl_differ *d)
{
    const struct pl_lock *a = d->given->old.lock, *b = d->given->new.lock;
    add_template(d, a, b);
    add_facts(d);
    add_text(d, PL_DIFF_LOCK_VERSION, "lock-version",
             or_else(a->version, "1.0"), or_else(b->version, "1.0"));
    add_text(d, PL_DIFF_CREATED_BY, "created-by",
             or_else(a->created_by, "podlock"),
             or_else(b->created_by, "podlock"));
    add_list(d, PL_DIFF_ENVIRONMENT, "environments", a->environments,
             a->environment_count, b->environments, b->environment_count);
    add_text(d, PL_DIFF_REQUIRES_PYTHON, "requires-python", a->requires_python,
             b->requires_python);
    add_choices(d, a, b);
    add_tool(d, a, b);
    add_keys(d, PL_DIFF_OTHER_KEY, "", &a->others, &b->others);
    add_keys(d, PL_DIFF_TOOL_KEY, "tool.", &a->tools, &b->tools);
}
