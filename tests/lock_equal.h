/*
 * Are two locks the same, but for what no file says (places in it, sizes of
 * facts, what was asked for)? NULL, or the name of what differs first.
 */
#ifndef PODLOCK_TESTS_LOCK_EQUAL_H
#define PODLOCK_TESTS_LOCK_EQUAL_H

#include "core/attr.h"
#include "lockfmt/lock.h"

static inline bool same_strs(const struct pl_str *a, size_t a_count,
                             const struct pl_str *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!pl_str_eq(a[i], b[i]))
            return false;
    return true;
}

static inline bool same_others(const struct pl_lock_others *a,
                               const struct pl_lock_others *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!pl_str_eq(a->at[i].key, b->at[i].key) ||
            !pl_str_eq(a->at[i].value, b->at[i].value))
            return false;
    return true;
}

static inline bool same_file(const struct pl_lock_file *a,
                             const struct pl_lock_file *b)
{
    if (a->hash_count != b->hash_count)
        return false;
    for (size_t i = 0; i < a->hash_count; i++)
        if (!pl_str_eq(a->hashes[i].algorithm, b->hashes[i].algorithm) ||
            !pl_str_eq(a->hashes[i].value, b->hashes[i].value))
            return false;
    return a->is_sdist == b->is_sdist && pl_str_eq(a->name, b->name) &&
           pl_str_eq(a->url, b->url) && pl_str_eq(a->path, b->path) &&
           pl_str_eq(a->upload_time, b->upload_time) &&
           a->has_size == b->has_size && (!a->has_size || a->size == b->size) &&
           pl_str_eq(a->sha256, b->sha256) &&
           same_others(&a->others, &b->others);
}

static inline bool same_files(const struct pl_lock_package *a,
                              const struct pl_lock_package *b)
{
    if (!same_file(&a->file, &b->file) || a->more_count != b->more_count)
        return false;
    for (size_t i = 0; i < a->more_count; i++)
        if (!same_file(&a->more[i], &b->more[i]))
            return false;
    return true;
}

static inline bool same_tree(const struct pl_lock_tree *a,
                             const struct pl_lock_tree *b)
{
    return pl_str_eq(a->vcs, b->vcs) && pl_str_eq(a->url, b->url) &&
           pl_str_eq(a->path, b->path) &&
           pl_str_eq(a->requested_revision, b->requested_revision) &&
           pl_str_eq(a->commit_id, b->commit_id) &&
           pl_str_eq(a->subdirectory, b->subdirectory) &&
           a->editable == b->editable && a->has_editable == b->has_editable &&
           same_others(&a->others, &b->others);
}

static inline const char *package_difference(const struct pl_lock_package *a,
                                             const struct pl_lock_package *b)
{
    if (!pl_str_eq(a->name, b->name) || !pl_str_eq(a->version, b->version))
        return "a name or version";
    if (!pl_str_eq(a->marker, b->marker) || !pl_str_eq(a->index, b->index) ||
        !pl_str_eq(a->requires_python, b->requires_python))
        return "a marker, requires-python or index";
    if (!pl_str_eq(a->dependencies_text, b->dependencies_text) ||
        !pl_str_eq(a->identities_text, b->identities_text) ||
        !same_strs(a->dependencies, a->dependency_count, b->dependencies,
                   b->dependency_count))
        return "dependencies";
    if (a->source != b->source || !same_files(a, b) ||
        !same_tree(&a->tree, &b->tree))
        return "a source";
    if (!same_strs(a->via, a->via_count, b->via, b->via_count) ||
        !same_strs(a->rules, a->rule_count, b->rules, b->rule_count))
        return "via or rules";
    if (!same_others(&a->others, &b->others) ||
        !same_others(&a->tools, &b->tools) ||
        !same_others(&a->podlock_keys, &b->podlock_keys))
        return "what is kept of a package";
    return NULL;
}

static inline bool same_facts(const struct pl_lock *a, const struct pl_lock *b)
{
    if (a->input_count != b->input_count ||
        a->provided_count != b->provided_count ||
        a->replaced_count != b->replaced_count)
        return false;
    for (size_t i = 0; i < a->input_count; i++)
        if (!pl_str_eq(a->inputs[i].name, b->inputs[i].name) ||
            !pl_str_eq(a->inputs[i].sha256, b->inputs[i].sha256))
            return false;
    for (size_t i = 0; i < a->provided_count; i++)
        if (!pl_str_eq(a->provided[i].name, b->provided[i].name) ||
            !pl_str_eq(a->provided[i].version, b->provided[i].version) ||
            !same_strs(a->provided[i].via, a->provided[i].via_count,
                       b->provided[i].via, b->provided[i].via_count))
            return false;
    for (size_t i = 0; i < a->replaced_count; i++)
        if (!pl_str_eq(a->replaced[i].name, b->replaced[i].name) ||
            !pl_str_eq(a->replaced[i].from, b->replaced[i].from) ||
            !pl_str_eq(a->replaced[i].to, b->replaced[i].to) ||
            !pl_str_eq(a->replaced[i].because, b->replaced[i].because) ||
            a->replaced[i].is_os != b->replaced[i].is_os)
            return false;
    return true;
}

static inline bool same_tool(const struct pl_lock *a, const struct pl_lock *b)
{
    return a->is_foreign == b->is_foreign && same_facts(a, b) &&
           pl_str_eq(a->template_id, b->template_id) &&
           pl_str_eq(a->template_digest, b->template_digest) &&
           pl_str_eq(a->rules_edition, b->rules_edition) &&
           a->download == b->download &&
           same_strs(a->arguments, a->argument_count, b->arguments,
                     b->argument_count) &&
           same_strs(a->broken, a->broken_count, b->broken, b->broken_count) &&
           same_strs(a->ignored_rules, a->ignored_rule_count, b->ignored_rules,
                     b->ignored_rule_count) &&
           same_others(&a->podlock_keys, &b->podlock_keys);
}

static inline bool same_choices(const struct pl_lock *a,
                                const struct pl_lock *b)
{
    return a->has_extras == b->has_extras && a->has_groups == b->has_groups &&
           a->has_default_groups == b->has_default_groups &&
           same_strs(a->extras, a->extra_count, b->extras, b->extra_count) &&
           same_strs(a->groups, a->group_count, b->groups, b->group_count) &&
           same_strs(a->default_groups, a->default_group_count,
                     b->default_groups, b->default_group_count);
}

/* A name that is not given counts as the one that is written for it. */
static inline bool same_or(struct pl_str a, struct pl_str b, struct pl_str none)
{
    return pl_str_eq(a.len ? a : none, b.len ? b : none);
}

static inline const char *lock_difference(const struct pl_lock *a,
                                          const struct pl_lock *b)
{
    if (!same_or(a->version, b->version, PL_STR("1.0")) ||
        !same_or(a->created_by, b->created_by, PL_STR("podlock")) ||
        !pl_str_eq(a->requires_python, b->requires_python) ||
        !same_strs(a->environments, a->environment_count, b->environments,
                   b->environment_count) ||
        !same_choices(a, b) || !same_others(&a->others, &b->others) ||
        !same_others(&a->tools, &b->tools))
        return "the lock's own keys";
    if (!same_tool(a, b))
        return "[tool.podlock]";
    if (a->package_count != b->package_count)
        return "the number of packages";
    for (size_t i = 0; i < a->package_count; i++) {
        const char *what = package_difference(&a->packages[i], &b->packages[i]);
        if (what)
            return what;
    }
    return NULL;
}

#endif
