#include "lockfmt/lock_diff.h"

#include <stdlib.h>

#include "lockfmt/lock_diff_internal.h"
#include "lockfmt/lock_diff_pair.h"
#include "lockfmt/lock_diff_values.h"

/* What one lock has of one name. */
struct part {
    const struct pl_lock_package *packages;
    const struct pl_lock_provided *provided;
    const struct pl_lock_replaced *replaced;
    size_t package_count, provided_count, replaced_count;
};

/* How far a lock has been walked, name by name. */
struct walk {
    const struct pl_lock *lock;
    size_t package, provided, replaced;
};

static void sort(void *at, size_t count, size_t size,
                 int (*cmp)(const void *, const void *))
{
    if (count > 1)
        qsort(at, count, size, cmp);
}

static int cmp_str(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* ---- names ---- */

typedef PL_VEC(struct pl_str) names_vec;

static void add_names(struct pl_arena *arena, names_vec *names,
                      const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++)
        pl_vec_push(arena, names, lock->packages[i].name);
    for (size_t i = 0; i < lock->provided_count; i++)
        pl_vec_push(arena, names, lock->provided[i].name);
    for (size_t i = 0; i < lock->replaced_count; i++)
        pl_vec_push(arena, names, lock->replaced[i].name);
}

static void follow_torch(struct pl_differ *d)
{
    static const char *const names[] = {"torch", "torchaudio", "torchvision",
                                        "triton"};
    if (!d->given->old.facts || !d->given->new.facts)
        return;
    for (size_t i = 0; i < PL_COUNT(names); i++)
        pl_vec_push(d->arena, &d->followed, pl_str_from(names[i]));
}

/* Each once, sorted. */
static names_vec all_names(struct pl_differ *d)
{
    names_vec names = {0};
    size_t kept = 0;
    add_names(d->arena, &names, d->given->old.lock);
    add_names(d->arena, &names, d->given->new.lock);
    for (size_t i = 0; i < d->followed.len; i++)
        pl_vec_push(d->arena, &names, d->followed.at[i]);
    sort(names.at, names.len, sizeof(*names.at), cmp_str);
    for (size_t i = 0; i < names.len; i++)
        if (!kept || !pl_str_eq(names.at[kept - 1], names.at[i]))
            names.at[kept++] = names.at[i];
    names.len = kept;
    return names;
}

static struct part take(struct walk *walk, struct pl_str name)
{
    const struct pl_lock *lock = walk->lock;
    struct part part = {&lock->packages[walk->package],
                        &lock->provided[walk->provided],
                        &lock->replaced[walk->replaced],
                        0,
                        0,
                        0};
    while (walk->package < lock->package_count &&
           pl_str_eq(lock->packages[walk->package].name, name)) {
        walk->package++;
        part.package_count++;
    }
    while (walk->provided < lock->provided_count &&
           pl_str_eq(lock->provided[walk->provided].name, name)) {
        walk->provided++;
        part.provided_count++;
    }
    while (walk->replaced < lock->replaced_count &&
           pl_str_eq(lock->replaced[walk->replaced].name, name)) {
        walk->replaced++;
        part.replaced_count++;
    }
    return part;
}

/* ---- one change ---- */

static struct pl_str template_version(struct pl_arena *arena,
                                      const struct pl_diff_side *side,
                                      const struct pl_diff_state *state,
                                      struct pl_str name)
{
    if (state->provided)
        return state->provided->version;
    if (state->replaced)
        return state->replaced->from;
    const struct pl_fact *fact =
        side->facts ? pl_template_fact(side->facts, name) : NULL;
    return fact ? pl_version_text(arena, &fact->version) : (struct pl_str){0};
}

/* Where the image has it, and which version that is. */
static struct pl_str place(struct pl_diff_state *state, struct pl_str version)
{
    if (state->package) {
        state->where = PL_DIFF_IN_LOCK;
        return state->package->version;
    }
    state->where = version.len ? PL_DIFF_IN_TEMPLATE : PL_DIFF_NOWHERE;
    return version;
}

static void place_both(struct pl_differ *d, struct pl_diff_change *change,
                       bool with_template)
{
    struct pl_str old = {0}, new = {0};
    if (with_template) {
        const struct pl_diff_given *given = d->given;
        old = template_version(d->arena, &given->old, &change->before,
                               change->name);
        new = template_version(d->arena, &given->new, &change->after,
                               change->name);
        if (pl_diff_same_facts(given)) {
            old = old.len ? old : new;
            new = new.len ? new : old;
        }
    }
    change->from = place(&change->before, old);
    change->to = place(&change->after, new);
}

static void compare_facts(struct pl_arena *arena, pl_diff_rows *rows,
                          const struct pl_diff_state *a,
                          const struct pl_diff_state *b)
{
    if (a->provided && b->provided)
        pl_diff_text(arena, rows, PL_DIFF_PROVIDED, a->provided->version,
                     b->provided->version);
    if (a->provided && b->provided)
        pl_diff_set(arena, rows, PL_DIFF_PROVIDED_VIA, a->provided->via,
                    a->provided->via_count, b->provided->via,
                    b->provided->via_count);
    if (!a->replaced || !b->replaced)
        return;
    pl_diff_text(arena, rows, PL_DIFF_REPLACES, a->replaced->from,
                 b->replaced->from);
    pl_diff_text(arena, rows, PL_DIFF_REPLACES_TO, a->replaced->to,
                 b->replaced->to);
    pl_diff_text(arena, rows, PL_DIFF_REPLACES_BECAUSE, a->replaced->because,
                 b->replaced->because);
    pl_diff_flag(arena, rows, PL_DIFF_REPLACES_OS, a->replaced->is_os,
                 b->replaced->is_os);
}

static bool size_of(const struct pl_lock_package *package, int64_t *out)
{
    *out = 0;
    if (!package)
        return true;
    *out = (int64_t)package->file.size;
    return package->file.has_size && package->file.size <= INT64_MAX;
}

static void measure(struct pl_diff_change *change)
{
    int64_t old, new;
    change->has_bytes = size_of(change->before.package, &old);
    change->has_bytes &= size_of(change->after.package, &new);
    if (change->has_bytes)
        change->bytes = new - old;
}

static void add_rules(struct pl_differ *d, struct pl_diff_change *change)
{
    PL_VEC(struct pl_diff_rule) own = {0};
    for (size_t i = 0; i < d->rules.len; i++) {
        const struct pl_abi_rule *rule = d->rules.at[i].rule;
        if (pl_str_eq(rule->package, change->name) ||
            pl_str_eq(rule->other, change->name))
            pl_vec_push(d->arena, &own, d->rules.at[i]);
    }
    change->rules = own.at;
    change->rule_count = own.len;
}

static bool differs(const struct pl_diff_change *change)
{
    const struct pl_diff_state *a = &change->before, *b = &change->after;
    return change->value_count || change->file_count ||
           !a->package != !b->package || !a->provided != !b->provided ||
           !a->replaced != !b->replaced || a->where != b->where ||
           !pl_str_eq(change->from, change->to);
}

/* `with_template`: the name is followed into the template, too. */
static void add_change(struct pl_differ *d, struct pl_str name,
                       struct pl_diff_state before, struct pl_diff_state after,
                       bool with_template)
{
    struct pl_diff_change change = {.name = name,
                                    .subject = PL_DIFF_OF_PACKAGE,
                                    .before = before,
                                    .after = after};
    pl_diff_rows rows = {0};
    if (before.package && after.package)
        pl_diff_packages(d->arena, before.package, after.package, &rows,
                         &change);
    compare_facts(d->arena, &rows, &before, &after);
    change.values = rows.at;
    change.value_count = rows.len;
    place_both(d, &change, with_template);
    if (!differs(&change))
        return;
    add_rules(d, &change);
    measure(&change);
    pl_diff_classify(d->arena, &change);
    pl_vec_push(d->arena, &d->changes, change);
}

/* ---- one name ---- */

/* Nearly always: each lock has it once, if at all. */
static bool is_plain(const struct part *part)
{
    return part->package_count <= 1 && part->provided_count <= 1 &&
           part->replaced_count <= 1;
}

static struct pl_diff_state state_of(const struct part *part)
{
    return (struct pl_diff_state){
        .package = part->package_count ? part->packages : NULL,
        .provided = part->provided_count ? part->provided : NULL,
        .replaced = part->replaced_count ? part->replaced : NULL,
    };
}

static void compare_many_packages(struct pl_differ *d, struct pl_str name,
                                  const struct part *old,
                                  const struct part *new)
{
    struct pl_diff_pair *pairs;
    size_t count = pl_diff_pairs(d->arena, old->packages, old->package_count,
                                 new->packages, new->package_count, &pairs);
    for (size_t i = 0; i < count; i++)
        add_change(d, name, (struct pl_diff_state){.package = pairs[i].old},
                   (struct pl_diff_state){.package = pairs[i].new}, false);
}

static void compare_many(struct pl_differ *d, struct pl_str name,
                         const struct part *old, const struct part *new)
{
    compare_many_packages(d, name, old, new);
    for (size_t i = 0; i < old->provided_count || i < new->provided_count; i++)
        add_change(
            d, name,
            (struct pl_diff_state){
                .provided = i < old->provided_count ? &old->provided[i] : NULL},
            (struct pl_diff_state){
                .provided = i < new->provided_count ? &new->provided[i] : NULL},
            false);
    for (size_t i = 0; i < old->replaced_count || i < new->replaced_count; i++)
        add_change(
            d, name,
            (struct pl_diff_state){
                .replaced = i < old->replaced_count ? &old->replaced[i] : NULL},
            (struct pl_diff_state){
                .replaced = i < new->replaced_count ? &new->replaced[i] : NULL},
            false);
}

static void compare_names(struct pl_differ *d)
{
    names_vec names = all_names(d);
    struct walk old = {.lock = d->given->old.lock};
    struct walk new = {.lock = d->given->new.lock};
    for (size_t i = 0; i < names.len; i++) {
        struct part before = take(&old, names.at[i]);
        struct part after = take(&new, names.at[i]);
        if (is_plain(&before) && is_plain(&after))
            add_change(d, names.at[i], state_of(&before), state_of(&after),
                       true);
        else
            compare_many(d, names.at[i], &before, &after);
    }
}

/* ---- the whole ---- */

/* What the image is comes before torch, and torch before what goes with it. */
static int rank(const struct pl_diff_change *change)
{
    static const char *const first[] = {"template", "python", "cuda"};
    static const char *const next[] = {"torch", "torchvision", "torchaudio",
                                       "triton"};
    if (change->subject == PL_DIFF_OF_LOCK)
        return 100;
    if (change->subject == PL_DIFF_OF_IMAGE)
        for (int i = 0; i < (int)PL_COUNT(first); i++)
            if (pl_str_is(change->name, first[i]))
                return i;
    for (int i = 0; i < (int)PL_COUNT(next); i++)
        if (pl_str_is(change->name, next[i]))
            return 10 + i;
    return 50;
}

struct placed {
    struct pl_diff_change change;
    int rank;
    size_t at;
};

static int cmp_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->change.group != y->change.group)
        return x->change.group < y->change.group ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    int order = pl_str_cmp(x->change.name, y->change.name);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void put_in_order(struct pl_differ *d)
{
    struct placed *all = pl_new_array(d->arena, struct placed, d->changes.len);
    for (size_t i = 0; i < d->changes.len; i++)
        all[i] = (struct placed){d->changes.at[i], rank(&d->changes.at[i]), i};
    sort(all, d->changes.len, sizeof(*all), cmp_placed);
    for (size_t i = 0; i < d->changes.len; i++)
        d->changes.at[i] = all[i].change;
}

static struct pl_diff_total total_of(const struct pl_lock *lock)
{
    struct pl_diff_total total = {.packages = lock->package_count};
    total.bytes = pl_lock_bytes(lock, &total.unknown);
    return total;
}

static enum pl_diff_where find_torch(struct pl_arena *arena,
                                     const struct pl_diff_side *side,
                                     struct pl_str *version)
{
    const struct pl_lock *lock = side->lock;
    struct pl_diff_state state = {0};
    for (size_t i = lock->package_count; i-- > 0;)
        if (pl_str_is(lock->packages[i].name, "torch"))
            state.package = &lock->packages[i];
    for (size_t i = lock->provided_count; i-- > 0;)
        if (pl_str_is(lock->provided[i].name, "torch"))
            state.provided = &lock->provided[i];
    *version =
        place(&state, template_version(arena, side, &state, PL_STR("torch")));
    return state.where;
}

void pl_lock_diff(struct pl_arena *arena, const struct pl_diff_given *given,
                  struct pl_diff *out)
{
    struct pl_differ d = {.arena = arena, .given = given};
    pl_diff_find_rules(&d);
    follow_torch(&d);
    compare_names(&d);
    pl_diff_lock_keys(&d);
    put_in_order(&d);
    pl_diff_explain(&d);
    *out = (struct pl_diff){.changes = d.changes.at, .count = d.changes.len};
    for (size_t i = 0; i < out->count; i++) {
        out->by_group[out->changes[i].group]++;
        out->by_kind[out->changes[i].kind]++;
        out->quiet += out->changes[i].is_quiet;
    }
    out->before = total_of(given->old.lock);
    out->after = total_of(given->new.lock);
    out->torch_before = find_torch(arena, &given->old, &out->torch_from);
    out->torch_after = find_torch(arena, &given->new, &out->torch_to);
}
