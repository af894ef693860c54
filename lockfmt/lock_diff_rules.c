#include "lockfmt/lock_diff_internal.h"
#include "pep/specifier.h"

/* The versions of one side by name; of several the first counts. */
struct versions {
    struct pl_map by_name; /* values: struct pl_version * */
    bool complete;         /* what is not here is not there */
};

static void put(struct pl_arena *arena, struct versions *all,
                struct pl_str name, struct pl_str text)
{
    struct pl_version *v = pl_new(arena, struct pl_version);
    if (pl_version_parse_view(arena, text, v, NULL))
        pl_map_put(&all->by_name, name, v);
}

static void put_facts(struct pl_arena *arena, struct versions *all,
                      const struct pl_template *facts)
{
    for (size_t i = 0; facts && i < facts->fact_count; i++) {
        struct pl_version *v = pl_new(arena, struct pl_version);
        *v = facts->facts[i].version;
        pl_map_put(&all->by_name, facts->facts[i].name, v);
    }
}

/* What is said later is nearer to the image: the lock comes last. */
static void fill(struct pl_arena *arena, struct versions *all,
                 const struct pl_diff_side *side)
{
    const struct pl_lock *lock = side->lock;
    all->by_name.arena = arena;
    all->complete = side->facts || !lock->template_id.len;
    put_facts(arena, all, side->facts);
    for (size_t i = lock->provided_count; i-- > 0;)
        put(arena, all, lock->provided[i].name, lock->provided[i].version);
    for (size_t i = lock->package_count; i-- > 0;)
        put(arena, all, lock->packages[i].name, lock->packages[i].version);
}

static bool state_of(const struct versions *all, const struct pl_abi_rule *rule,
                     enum pl_diff_rule_state *out)
{
    const struct pl_version *package = pl_map_get(&all->by_name, rule->package);
    const struct pl_version *other = pl_map_get(&all->by_name, rule->other);
    *out = PL_DIFF_RULE_IDLE;
    if (!package || !other)
        return all->complete ||
               (package && !pl_specifier_match(&rule->versions, package));
    if (!pl_specifier_match(&rule->versions, package))
        return true;
    bool match = pl_specifier_match(&rule->other_versions, other);
    *out = match == rule->is_requires ? PL_DIFF_RULE_KEPT : PL_DIFF_RULE_BROKEN;
    return true;
}

static void follow(struct pl_differ *d, struct pl_str name)
{
    if (d->given->old.facts && d->given->new.facts)
        pl_vec_push(d->arena, &d->followed, name);
}

void pl_diff_find_rules(struct pl_differ *d)
{
    const struct pl_abi_rules *rules = d->given->rules;
    struct versions old = {0}, new = {0};
    if (!rules)
        return;
    fill(d->arena, &old, &d->given->old);
    fill(d->arena, &new, &d->given->new);
    for (size_t i = 0; i < rules->count; i++) {
        struct pl_diff_rule row = {.rule = &rules->rules[i]};
        if (!state_of(&old, row.rule, &row.from) ||
            !state_of(&new, row.rule, &row.to) || row.from == row.to)
            continue;
        pl_vec_push(d->arena, &d->rules, row);
        follow(d, row.rule->package);
        follow(d, row.rule->other);
    }
}
