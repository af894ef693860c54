/*
 * Does to a lock what a diff says of it, and nothing else: from the rows, the
 * bits of files, and whole entries only where they came. The result must be
 * the new lock (tests/lock_equal.h), or the diff has left something out.
 */
#ifndef PODLOCK_TESTS_LOCK_APPLY_H
#define PODLOCK_TESTS_LOCK_APPLY_H

#include <stdio.h>
#include <stdlib.h>

#include "lockfmt/lock_diff.h"

static inline void apply_fail(const char *what)
{
    fprintf(stderr, "a diff cannot be applied: %s\n", what);
    abort();
}

static inline void apply_want(bool good, const char *what)
{
    if (!good)
        apply_fail(what);
}

/* ---- lists ---- */

static inline void apply_put(struct pl_arena *arena, struct pl_str **list,
                             size_t *count, size_t at, struct pl_str text)
{
    struct pl_str *copy = pl_new_array(arena, struct pl_str, *count + 1);
    apply_want(at <= *count, "a place beyond a list");
    for (size_t i = 0; i < *count; i++)
        copy[i + (i >= at)] = (*list)[i];
    copy[at] = text;
    *list = copy;
    ++*count;
}

static inline void apply_take(struct pl_arena *arena, struct pl_str **list,
                              size_t *count, size_t at, struct pl_str text)
{
    struct pl_str *copy = pl_new_array(arena, struct pl_str, *count);
    apply_want(at < *count && pl_str_eq((*list)[at], text),
               "what goes is not there");
    for (size_t i = 0; i + 1 < *count; i++)
        copy[i] = (*list)[i + (i >= at)];
    *list = copy;
    --*count;
}

static inline void apply_list(struct pl_arena *arena, struct pl_str **list,
                              size_t *count, const struct pl_diff_value *v)
{
    if (v->had)
        apply_take(arena, list, count, v->at, v->from);
    if (v->has)
        apply_put(arena, list, count, v->at, v->to);
}

/* Sorted later. */
static inline void apply_set(struct pl_arena *arena, struct pl_str **list,
                             size_t *count, const struct pl_diff_value *v)
{
    size_t at = 0;
    apply_want(v->had != v->has, "a row of a set is of both locks");
    while (v->had && at < *count && !pl_str_eq((*list)[at], v->from))
        at++;
    if (v->had)
        apply_take(arena, list, count, at, v->from);
    else
        apply_put(arena, list, count, *count, v->to);
}

static inline void apply_text(struct pl_str *text,
                              const struct pl_diff_value *v)
{
    apply_want(pl_str_eq(*text, v->from), "another text was there");
    *text = v->to;
}

static inline bool apply_flag(const struct pl_diff_value *v)
{
    apply_want(pl_str_is(v->to, "true") || pl_str_is(v->to, "false"),
               "no flag");
    return pl_str_is(v->to, "true");
}

static inline void apply_key(struct pl_arena *arena,
                             struct pl_lock_others *others,
                             const struct pl_diff_value *v)
{
    struct pl_lock_other *copy =
        pl_new_array(arena, struct pl_lock_other, others->count + 1);
    size_t count = 0;
    bool done = !v->has;
    for (size_t i = 0; i < others->count; i++) {
        int order = pl_str_cmp(others->at[i].key, v->key);
        if (!done && order >= 0) {
            copy[count++] = (struct pl_lock_other){v->key, v->to};
            done = true;
        }
        if (order)
            copy[count++] = others->at[i];
        else
            apply_want(v->had && pl_str_eq(others->at[i].value, v->from),
                       "another value was there");
    }
    if (!done)
        copy[count++] = (struct pl_lock_other){v->key, v->to};
    *others = (struct pl_lock_others){copy, count};
}

/* ---- a package ---- */

static inline struct pl_lock_file apply_bits(const struct pl_diff_file *row)
{
    struct pl_lock_file file = *row->from;
    const struct pl_lock_file *to = row->to;
    if (row->differs & PL_DIFF_FILE_KIND)
        file.is_sdist = to->is_sdist;
    if (row->differs & PL_DIFF_FILE_NAME)
        file.name = to->name;
    if (row->differs & PL_DIFF_FILE_URL)
        file.url = to->url;
    if (row->differs & PL_DIFF_FILE_PATH)
        file.path = to->path;
    if (row->differs & PL_DIFF_FILE_HASHES) {
        file.sha256 = to->sha256;
        file.hashes = to->hashes;
        file.hash_count = to->hash_count;
    }
    if (row->differs & PL_DIFF_FILE_SIZE) {
        file.size = to->size;
        file.has_size = to->has_size;
    }
    if (row->differs & PL_DIFF_FILE_TIME)
        file.upload_time = to->upload_time;
    if (row->differs & PL_DIFF_FILE_OTHER)
        file.others = to->others;
    return file;
}

static inline bool apply_is_told(const struct pl_diff_change *change,
                                 const struct pl_lock_file *old)
{
    for (size_t i = 0; i < change->file_count; i++)
        if (change->files[i].from == old)
            return true;
    return false;
}

/* A package without any file has one that says nothing. */
static inline bool apply_has_files(const struct pl_lock_package *p)
{
    const struct pl_lock_file *f = &p->file;
    return p->more_count || f->name.len || f->url.len || f->path.len ||
           f->sha256.len || f->hash_count || f->upload_time.len ||
           f->others.count || f->has_size || f->is_sdist;
}

static inline void apply_files(struct pl_arena *arena,
                               const struct pl_diff_change *change,
                               struct pl_lock_package *out)
{
    const struct pl_lock_package *old = change->before.package;
    size_t old_count = apply_has_files(old) ? old->more_count + 1 : 0;
    size_t room = old_count + change->file_count, count = 0, next = 0;
    struct pl_lock_file *files =
        pl_new_array(arena, struct pl_lock_file, room + 1);
    bool *taken = pl_new_array(arena, bool, room + 1);
    for (size_t i = 0; i < change->file_count; i++) {
        const struct pl_diff_file *row = &change->files[i];
        if (!row->to)
            continue;
        apply_want(row->at < room && !taken[row->at], "a file's place");
        files[row->at] = row->from ? apply_bits(row) : *row->to;
        taken[row->at] = true;
        count++;
    }
    for (size_t i = 0; i < old_count; i++) {
        const struct pl_lock_file *file = i ? &old->more[i - 1] : &old->file;
        if (apply_is_told(change, file))
            continue;
        while (taken[next])
            next++;
        files[next++] = *file;
        count++;
    }
    out->file = files[0];
    out->more = files + 1;
    out->more_count = count ? count - 1 : 0;
}

static inline enum pl_lock_source apply_source(struct pl_str name)
{
    if (pl_str_is(name, "archive"))
        return PL_LOCK_ARCHIVE;
    if (pl_str_is(name, "vcs"))
        return PL_LOCK_VCS;
    apply_want(pl_str_is(name, "directory") || pl_str_is(name, "files"),
               "a source");
    return pl_str_is(name, "files") ? PL_LOCK_FILES : PL_LOCK_DIRECTORY;
}

static inline struct pl_str *apply_package_text(struct pl_lock_package *p,
                                                enum pl_diff_field field)
{
    struct pl_str *const texts[PL_DIFF_FIELDS] = {
        [PL_DIFF_VERSION] = &p->version,
        [PL_DIFF_MARKER] = &p->marker,
        [PL_DIFF_REQUIRES_PYTHON] = &p->requires_python,
        [PL_DIFF_INDEX] = &p->index,
        [PL_DIFF_DEPENDENCIES_TEXT] = &p->dependencies_text,
        [PL_DIFF_IDENTITIES] = &p->identities_text,
        [PL_DIFF_VCS] = &p->tree.vcs,
        [PL_DIFF_TREE_URL] = &p->tree.url,
        [PL_DIFF_TREE_PATH] = &p->tree.path,
        [PL_DIFF_REVISION] = &p->tree.requested_revision,
        [PL_DIFF_COMMIT] = &p->tree.commit_id,
        [PL_DIFF_SUBDIRECTORY] = &p->tree.subdirectory,
    };
    return texts[field];
}

/* False: the row is not of a package. */
static inline bool apply_package_list(struct pl_arena *arena,
                                      struct pl_lock_package *p,
                                      const struct pl_diff_value *v)
{
    if (v->field == PL_DIFF_DEPENDENCY)
        apply_set(arena, &p->dependencies, &p->dependency_count, v);
    else if (v->field == PL_DIFF_VIA)
        apply_set(arena, &p->via, &p->via_count, v);
    else if (v->field == PL_DIFF_RULE)
        apply_set(arena, &p->rules, &p->rule_count, v);
    else if (v->field == PL_DIFF_REQUESTED_EXTRA)
        apply_set(arena, &p->extras, &p->extra_count, v);
    else if (v->field == PL_DIFF_TREE_OTHER)
        apply_key(arena, &p->tree.others, v);
    else if (v->field == PL_DIFF_OTHER_KEY)
        apply_key(arena, &p->others, v);
    else if (v->field == PL_DIFF_TOOL_KEY)
        apply_key(arena, &p->tools, v);
    else if (v->field == PL_DIFF_PODLOCK_KEY)
        apply_key(arena, &p->podlock_keys, v);
    else
        return false;
    return true;
}

static inline bool apply_package_value(struct pl_arena *arena,
                                       struct pl_lock_package *p,
                                       const struct pl_diff_value *v)
{
    struct pl_str *text = apply_package_text(p, v->field);
    if (text)
        apply_text(text, v);
    else if (v->field == PL_DIFF_SOURCE)
        p->source = apply_source(v->to);
    else if (v->field == PL_DIFF_EDITABLE) {
        p->tree.has_editable = v->has;
        p->tree.editable = v->has && apply_flag(v);
    } else
        return apply_package_list(arena, p, v);
    return true;
}

/* Rows of what the template gives; true when the row is one. */
static inline bool apply_fact_value(struct pl_arena *arena,
                                    struct pl_lock_provided *provided,
                                    struct pl_lock_replaced *replaced,
                                    const struct pl_diff_value *v)
{
    if (v->field == PL_DIFF_PROVIDED)
        apply_text(&provided->version, v);
    else if (v->field == PL_DIFF_PROVIDED_VIA)
        apply_set(arena, &provided->via, &provided->via_count, v);
    else if (v->field == PL_DIFF_REPLACES)
        apply_text(&replaced->from, v);
    else if (v->field == PL_DIFF_REPLACES_TO)
        apply_text(&replaced->to, v);
    else if (v->field == PL_DIFF_REPLACES_BECAUSE)
        apply_text(&replaced->because, v);
    else if (v->field == PL_DIFF_REPLACES_OS)
        replaced->is_os = apply_flag(v);
    else
        return false;
    return true;
}

static inline bool apply_is_fact(enum pl_diff_field field)
{
    return field >= PL_DIFF_PROVIDED && field <= PL_DIFF_REPLACES_OS;
}

/* ---- the entries of a lock ---- */

/* The new lock while it is made; entries that went are left out at the end. */
struct apply {
    struct pl_arena *arena;
    const struct pl_lock *old;
    struct pl_lock new;
    bool *no_package, *no_provided, *no_replaced; /* by place in `new` */
};

static inline void apply_package(struct apply *a,
                                 const struct pl_diff_change *change)
{
    const struct pl_lock_package *before = change->before.package;
    const struct pl_lock_package *after = change->after.package;
    if (!before) {
        if (after)
            a->new.packages[a->new.package_count++] = *after;
        return;
    }
    size_t at = (size_t)(before - a->old->packages);
    struct pl_lock_package *out = &a->new.packages[at];
    a->no_package[at] = !after;
    for (size_t i = 0; after && i < change->value_count; i++)
        apply_want(apply_package_value(a->arena, out, &change->values[i]) ||
                       apply_is_fact(change->values[i].field),
                   "a row that is not of a package");
    if (after)
        apply_files(a->arena, change, out);
}

static inline void apply_facts(struct apply *a,
                               const struct pl_diff_change *change)
{
    struct pl_lock_provided provided = {0};
    struct pl_lock_replaced replaced = {0};
    const struct pl_diff_state *before = &change->before;
    const struct pl_diff_state *after = &change->after;
    if (before->provided)
        provided = *before->provided;
    if (before->replaced)
        replaced = *before->replaced;
    for (size_t i = 0; i < change->value_count; i++)
        apply_fact_value(a->arena, &provided, &replaced, &change->values[i]);
    if (before->provided) {
        size_t at = (size_t)(before->provided - a->old->provided);
        a->new.provided[at] = provided;
        a->no_provided[at] = !after->provided;
    } else if (after->provided)
        a->new.provided[a->new.provided_count++] = *after->provided;
    if (before->replaced) {
        size_t at = (size_t)(before->replaced - a->old->replaced);
        a->new.replaced[at] = replaced;
        a->no_replaced[at] = !after->replaced;
    } else if (after->replaced)
        a->new.replaced[a->new.replaced_count++] = *after->replaced;
}

/* ---- the lock's own keys ---- */

static inline void apply_input(struct apply *a, const struct pl_diff_value *v)
{
    struct pl_lock *lock = &a->new;
    struct pl_lock_input *copy =
        pl_new_array(a->arena, struct pl_lock_input, lock->input_count + 1);
    size_t count = 0;
    apply_want(v->at <= lock->input_count, "a place beyond the inputs");
    for (size_t i = 0; i <= lock->input_count; i++) {
        if (i == v->at && v->has)
            copy[count++] = (struct pl_lock_input){v->key, v->to};
        if (i == lock->input_count || (i == v->at && v->had))
            continue;
        copy[count++] = lock->inputs[i];
    }
    lock->inputs = copy;
    lock->input_count = count;
}

static inline struct pl_str *apply_lock_text(struct pl_lock *lock,
                                             enum pl_diff_field field)
{
    struct pl_str *const texts[PL_DIFF_FIELDS] = {
        [PL_DIFF_REQUIRES_PYTHON] = &lock->requires_python,
        [PL_DIFF_TEMPLATE] = &lock->template_id,
        [PL_DIFF_TEMPLATE_DIGEST] = &lock->template_digest,
        [PL_DIFF_RULES_EDITION] = &lock->rules_edition,
    };
    return texts[field];
}

static inline bool apply_lock_list(struct apply *a,
                                   const struct pl_diff_value *v)
{
    struct pl_lock *lock = &a->new;
    if (v->field == PL_DIFF_ENVIRONMENT)
        apply_list(a->arena, &lock->environments, &lock->environment_count, v);
    else if (v->field == PL_DIFF_EXTRA)
        apply_list(a->arena, &lock->extras, &lock->extra_count, v);
    else if (v->field == PL_DIFF_DEPENDENCY_GROUP)
        apply_list(a->arena, &lock->groups, &lock->group_count, v);
    else if (v->field == PL_DIFF_DEFAULT_GROUP)
        apply_list(a->arena, &lock->default_groups, &lock->default_group_count,
                   v);
    else if (v->field == PL_DIFF_ARGUMENT)
        apply_list(a->arena, &lock->arguments, &lock->argument_count, v);
    else if (v->field == PL_DIFF_BROKEN)
        apply_set(a->arena, &lock->broken, &lock->broken_count, v);
    else if (v->field == PL_DIFF_IGNORED_RULE)
        apply_set(a->arena, &lock->ignored_rules, &lock->ignored_rule_count, v);
    else if (v->field == PL_DIFF_OTHER_KEY)
        apply_key(a->arena, &lock->others, v);
    else if (v->field == PL_DIFF_TOOL_KEY)
        apply_key(a->arena, &lock->tools, v);
    else if (v->field == PL_DIFF_PODLOCK_KEY)
        apply_key(a->arena, &lock->podlock_keys, v);
    else
        return false;
    return true;
}

static inline void apply_lock_value(struct apply *a,
                                    const struct pl_diff_value *v)
{
    struct pl_lock *lock = &a->new;
    struct pl_str *text = apply_lock_text(lock, v->field);
    if (text)
        apply_text(text, v);
    else if (v->field == PL_DIFF_LOCK_VERSION)
        lock->version = v->to;
    else if (v->field == PL_DIFF_CREATED_BY)
        lock->created_by = v->to;
    else if (v->field == PL_DIFF_FOREIGN)
        lock->is_foreign = apply_flag(v);
    else if (v->field == PL_DIFF_HAS_EXTRAS)
        lock->has_extras = apply_flag(v);
    else if (v->field == PL_DIFF_HAS_DEPENDENCY_GROUPS)
        lock->has_groups = apply_flag(v);
    else if (v->field == PL_DIFF_HAS_DEFAULT_GROUPS)
        lock->has_default_groups = apply_flag(v);
    else if (v->field == PL_DIFF_INPUT)
        apply_input(a, v);
    else if (v->field == PL_DIFF_DOWNLOAD)
        lock->download = v->has && pl_str_to_u64(v->to, &lock->download)
                             ? lock->download
                             : UINT64_MAX;
    else
        apply_want(apply_lock_list(a, v) || v->field == PL_DIFF_PYTHON ||
                       v->field == PL_DIFF_CUDA,
                   "a row that is not of a lock");
}

/* ---- the whole ---- */

static inline void apply_open(struct apply *a, size_t more)
{
    const struct pl_lock *old = a->old;
    a->new = *old;
#define APPLY_COPY(list, count, gone, type)                                    \
    a->new.list = pl_new_array(a->arena, type, old->count + more);             \
    a->gone = pl_new_array(a->arena, bool, old->count + more);                 \
    for (size_t i = 0; i < old->count; i++)                                    \
        a->new.list[i] = old->list[i];
    APPLY_COPY(packages, package_count, no_package, struct pl_lock_package)
    APPLY_COPY(provided, provided_count, no_provided, struct pl_lock_provided)
    APPLY_COPY(replaced, replaced_count, no_replaced, struct pl_lock_replaced)
#undef APPLY_COPY
}

static inline void apply_close(struct apply *a)
{
#define APPLY_DROP(list, count, gone)                                          \
    {                                                                          \
        size_t kept = 0;                                                       \
        for (size_t i = 0; i < a->new.count; i++)                              \
            if (!a->gone[i])                                                   \
                a->new.list[kept++] = a->new.list[i];                          \
        a->new.count = kept;                                                   \
    }
    APPLY_DROP(packages, package_count, no_package)
    APPLY_DROP(provided, provided_count, no_provided)
    APPLY_DROP(replaced, replaced_count, no_replaced)
#undef APPLY_DROP
    pl_lock_sort(&a->new);
}

static inline struct pl_lock lock_apply(struct pl_arena *arena,
                                        const struct pl_lock *old,
                                        const struct pl_diff *diff)
{
    struct apply a = {.arena = arena, .old = old};
    apply_open(&a, diff->count);
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        if (change->subject == PL_DIFF_OF_PACKAGE) {
            apply_package(&a, change);
            apply_facts(&a, change);
            continue;
        }
        for (size_t k = 0; k < change->value_count; k++)
            apply_lock_value(&a, &change->values[k]);
    }
    apply_close(&a);
    return a.new;
}

/* Equal in what orders them: which comes first is then chance. */
static inline bool lock_has_ties(const struct pl_lock *lock)
{
    for (size_t i = 1; i < lock->package_count; i++) {
        const struct pl_lock_package *p = &lock->packages[i];
        if (pl_str_eq(p->name, p[-1].name) &&
            pl_str_eq(p->version, p[-1].version) &&
            pl_str_eq(p->file.name, p[-1].file.name))
            return true;
    }
    for (size_t i = 1; i < lock->provided_count; i++) {
        const struct pl_lock_provided *f = &lock->provided[i];
        if (pl_str_eq(f->name, f[-1].name) &&
            pl_str_eq(f->version, f[-1].version))
            return true;
    }
    for (size_t i = 1; i < lock->replaced_count; i++) {
        const struct pl_lock_replaced *r = &lock->replaced[i];
        if (pl_str_eq(r->name, r[-1].name) && pl_str_eq(r->from, r[-1].from))
            return true;
    }
    return false;
}

#endif
