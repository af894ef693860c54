#include "lockfmt/lock_diff_asking.h"
#include "lockfmt/lock_diff_internal.h"
#include "lockfmt/lock_diff_values.h"

/* A rule that only one of the locks ignores. */
struct ignored {
    const struct pl_abi_rule *rule;
    bool now;
};

struct explain {
    struct pl_differ *d;
    struct pl_arena *arena;
    struct pl_diff_asking old, new;
    struct pl_map moved;  /* the first change of each package that moved */
    struct pl_map inputs; /* those whose digests differ */
    bool texts;           /* of the inputs of both locks are known */
    bool asking;          /* both locks say who asks for what */
    bool other_template, other_python, other_arguments;
    PL_VEC(struct ignored) ignored;
    PL_VEC(struct pl_diff_reason) reasons; /* of the change at hand */
};

static void add(struct explain *e, struct pl_diff_reason reason)
{
    pl_vec_push(e->arena, &e->reasons, reason);
}

/* ---- lines ---- */

/* How surely two lines are one: what is first met binds them. */
enum likeness { SAME_LINE, SAME_TEXT, SAME_PLACE, SAME_FILE, LIKENESSES };

static bool are_like(const struct pl_diff_line *a, const struct pl_diff_line *b,
                     enum likeness likeness)
{
    bool place = pl_str_eq(a->where, b->where);
    bool text = pl_str_eq(a->text, b->text);
    switch (likeness) {
    case SAME_LINE:
        return place && text;
    case SAME_TEXT:
        return text && a->text.len;
    case SAME_PLACE:
        return place;
    case SAME_FILE:
    case LIKENESSES:
        break;
    }
    return pl_str_eq(pl_diff_line_file(a->where), pl_diff_line_file(b->where));
}

/* Why a fact is replaced is told first, and names the line. */
static bool is_told(const struct explain *e, struct pl_str where)
{
    struct pl_str text = e->reasons.len ? e->reasons.at[0].text : where;
    return e->reasons.len && e->reasons.at[0].kind == PL_DIFF_BY_REPLACEMENT &&
           pl_str_eq(pl_str_sub(text, 0, where.len), where);
}

/* Texts that differ, or a line that is only on one side. */
static void tell_line(struct explain *e, const struct pl_diff_line *a,
                      const struct pl_diff_line *b)
{
    if (a && b && (pl_str_eq(a->text, b->text) || !a->text.len || !b->text.len))
        return;
    if (!a && is_told(e, b->where))
        return;
    add(e, (struct pl_diff_reason){.kind = PL_DIFF_BY_LINE,
                                   .had = a,
                                   .has = b,
                                   .who = b ? b->where : a->where,
                                   .from = a ? a->text : (struct pl_str){0},
                                   .to = b ? b->text : (struct pl_str){0}});
}

static void bind_lines(struct explain *e, pl_diff_line_vec *old,
                       pl_diff_line_vec *new, enum likeness likeness)
{
    size_t left = 0;
    for (size_t i = 0; i < old->len; i++) {
        size_t k = 0;
        while (k < new->len && !are_like(&old->at[i], &new->at[k], likeness))
            k++;
        if (k == new->len) {
            old->at[left++] = old->at[i];
            continue;
        }
        tell_line(e, &old->at[i], &new->at[k]);
        for (new->len--; k < new->len; k++)
            new->at[k] = new->at[k + 1];
    }
    old->len = left;
}

static void explain_lines(struct explain *e,
                          const struct pl_diff_change *change)
{
    pl_diff_line_vec old =
        pl_diff_asking_lines(&e->old, &change->before, change->name);
    pl_diff_line_vec new =
        pl_diff_asking_lines(&e->new, &change->after, change->name);
    for (int likeness = SAME_LINE; likeness < LIKENESSES; likeness++)
        bind_lines(e, &old, &new, (enum likeness)likeness);
    for (size_t i = 0; i < old.len; i++)
        tell_line(e, &old.at[i], NULL);
    for (size_t i = 0; i < new.len; i++)
        tell_line(e, NULL, &new.at[i]);
}

/* ---- the template ---- */

static void explain_replacement(struct explain *e,
                                const struct pl_diff_change *change)
{
    const struct pl_lock_replaced *a = change->before.replaced;
    const struct pl_lock_replaced *b = change->after.replaced;
    if ((!a && !b) || (a && b && pl_str_eq(a->because, b->because)))
        return;
    add(e, (struct pl_diff_reason){.kind = PL_DIFF_BY_REPLACEMENT,
                                   .had = a,
                                   .has = b,
                                   .text = b ? b->because : a->because});
}

static void add_template(struct explain *e)
{
    const struct pl_lock *old = e->d->given->old.lock;
    const struct pl_lock *new = e->d->given->new.lock;
    add(e, (struct pl_diff_reason){.kind = PL_DIFF_BY_TEMPLATE,
                                   .had = old->template_id.len,
                                   .has = new->template_id.len,
                                   .from = old->template_id,
                                   .to = new->template_id});
}

static bool is_of_template(const struct pl_diff_state *state)
{
    return state->where == PL_DIFF_IN_TEMPLATE || state->replaced;
}

static bool has_other_name(const struct pl_diff_change *change)
{
    for (size_t i = 0; i < change->file_count; i++)
        if (!change->files[i].from || !change->files[i].to ||
            change->files[i].differs & PL_DIFF_FILE_NAME)
            return true;
    return false;
}

/* Another Python takes another wheel of the same version. */
static void explain_template(struct explain *e,
                             const struct pl_diff_change *change)
{
    bool refitted = e->other_python && change->kind == PL_DIFF_REBUILT &&
                    has_other_name(change);
    if (change->kind == PL_DIFF_CHANGED)
        return;
    if (e->other_template && (refitted || is_of_template(&change->before) ||
                              is_of_template(&change->after)))
        add_template(e);
    else if (refitted)
        add(e, (struct pl_diff_reason){
                   .kind = PL_DIFF_BY_TEMPLATE,
                   .had = true,
                   .has = true,
                   .text = PL_STR("the lock is for another Python")});
}

/* ---- parents ---- */

static bool is_one_sided(const struct pl_diff_reason *reason)
{
    return reason->had != reason->has;
}

static void tell_parent(struct explain *e, struct pl_str who, bool had,
                        bool has, bool one_sided)
{
    const struct pl_diff_change *change = pl_map_get(&e->moved, who);
    struct pl_diff_reason reason = {
        .kind = PL_DIFF_BY_PARENT, .had = had, .has = has, .who = who};
    if (change) {
        reason.from = change->from;
        reason.to = change->to;
    }
    if (is_one_sided(&reason) == one_sided && (one_sided || change))
        add(e, reason);
}

/* Those on one side only explain more than those that only moved. */
static void explain_parents(struct explain *e,
                            const struct pl_diff_change *change, bool one_sided)
{
    struct pl_diff_parents old =
        pl_diff_parents_of(e->arena, &e->old, &change->before);
    struct pl_diff_parents new =
        pl_diff_parents_of(e->arena, &e->new, &change->after);
    size_t i = 0, k = 0;
    /* Who asks for a version does not choose its file. */
    if (change->kind == PL_DIFF_REBUILT || change->kind == PL_DIFF_RELOCATED)
        return;
    while (i < old.count || k < new.count) {
        int order = i == old.count   ? 1
                    : k == new.count ? -1
                                     : pl_str_cmp(old.at[i], new.at[k]);
        tell_parent(e, order > 0 ? new.at[k] : old.at[i], order <= 0,
                    order >= 0, one_sided);
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- rules ---- */

static void tell_rule(struct explain *e, enum pl_diff_reason_kind kind,
                      struct pl_str id, bool has)
{
    const struct pl_abi_rules *rules = e->d->given->rules;
    const struct pl_abi_rule *rule = rules ? pl_abi_find(rules, id) : NULL;
    struct pl_diff_reason reason = {
        .kind = kind, .had = !has, .has = has, .who = id};
    if (rule)
        reason.text = rule->reason;
    add(e, reason);
}

static void explain_rules(struct explain *e,
                          const struct pl_diff_change *change)
{
    const struct pl_lock_package *new = change->after.package;
    for (size_t i = 0; i < change->value_count; i++)
        if (change->values[i].field == PL_DIFF_RULE)
            tell_rule(e, PL_DIFF_BY_RULE,
                      change->values[i].has ? change->values[i].to
                                            : change->values[i].from,
                      change->values[i].has);
    for (size_t i = 0; new && !change->before.package &&i < new->rule_count;
         i++)
        tell_rule(e, PL_DIFF_BY_RULE, new->rules[i], true);
}

static bool is_about(const struct pl_abi_rule *rule, struct pl_str name)
{
    return pl_str_eq(rule->package, name) || pl_str_eq(rule->other, name);
}

static void explain_ignored(struct explain *e,
                            const struct pl_diff_change *change)
{
    for (size_t i = 0; i < e->ignored.len; i++)
        if (is_about(e->ignored.at[i].rule, change->name))
            tell_rule(e, PL_DIFF_BY_IGNORED_RULE, e->ignored.at[i].rule->id,
                      e->ignored.at[i].now);
}

/* ---- the rest ---- */

static void explain_index(struct explain *e,
                          const struct pl_diff_change *change)
{
    for (size_t i = 0; i < change->value_count; i++) {
        const struct pl_diff_value *value = &change->values[i];
        if (value->field == PL_DIFF_INDEX && value->had && value->has)
            add(e, (struct pl_diff_reason){.kind = PL_DIFF_BY_INDEX,
                                           .had = true,
                                           .has = true,
                                           .from = value->from,
                                           .to = value->to});
    }
}

static void explain_inputs(struct explain *e,
                           const struct pl_lock_package *package)
{
    struct pl_str last = {0};
    for (size_t i = 0; package && i < package->via_count; i++) {
        struct pl_str file = pl_diff_line_file(package->via[i]);
        if (!pl_diff_is_line(package->via[i]) || pl_str_eq(file, last) ||
            !pl_map_get(&e->inputs, file))
            continue;
        last = file;
        add(e, (struct pl_diff_reason){.kind = PL_DIFF_BY_INPUT,
                                       .had = true,
                                       .has = true,
                                       .who = file});
    }
}

/* What is no proof is told only where there is none. */
static void explain_weakly(struct explain *e,
                           const struct pl_diff_change *change)
{
    struct pl_str text = PL_STR("nothing in the locks says why");
    if (change->kind == PL_DIFF_CHANGED || e->reasons.len)
        return;
    if (e->other_template)
        add_template(e);
    if (e->other_arguments)
        add(e, (struct pl_diff_reason){
                   .kind = PL_DIFF_BY_ARGUMENTS, .had = true, .has = true});
    if (change->kind == PL_DIFF_UPGRADED)
        text = PL_STR("nothing asked for it: a newer version was taken");
    if (change->kind == PL_DIFF_DOWNGRADED)
        text = PL_STR("nothing asked for it: an older version was taken");
    if (!e->reasons.len)
        add(e,
            (struct pl_diff_reason){.kind = PL_DIFF_BY_NOTHING, .text = text});
}

static void explain_change(struct explain *e, struct pl_diff_change *change)
{
    const struct pl_lock_package *package = change->after.package;
    e->reasons.at = NULL;
    e->reasons.len = e->reasons.cap = 0;
    explain_replacement(e, change);
    if (e->asking)
        explain_lines(e, change);
    explain_template(e, change);
    if (e->asking)
        explain_parents(e, change, true);
    explain_rules(e, change);
    if (e->asking)
        explain_parents(e, change, false);
    explain_ignored(e, change);
    explain_index(e, change);
    if (!e->texts)
        explain_inputs(e, package ? package : change->before.package);
    explain_weakly(e, change);
    change->reasons = e->reasons.at;
    change->reason_count = e->reasons.len;
}

/* ---- the whole ---- */

static void find_inputs(struct explain *e, const struct pl_lock *a,
                        const struct pl_lock *b)
{
    struct pl_map old = {.arena = e->arena};
    e->inputs.arena = e->arena;
    for (size_t i = 0; i < a->input_count; i++)
        pl_map_put(&old, a->inputs[i].name, &a->inputs[i]);
    for (size_t i = 0; i < b->input_count; i++) {
        const struct pl_lock_input *before =
            pl_map_get(&old, b->inputs[i].name);
        if (before && !pl_str_eq(before->sha256, b->inputs[i].sha256))
            pl_map_put(&e->inputs, b->inputs[i].name, &b->inputs[i]);
    }
}

static void find_ignored(struct explain *e, const struct pl_lock *a,
                         const struct pl_lock *b)
{
    const struct pl_abi_rules *rules = e->d->given->rules;
    pl_diff_rows rows = {0};
    pl_diff_set(e->arena, &rows, PL_DIFF_IGNORED_RULE, a->ignored_rules,
                a->ignored_rule_count, b->ignored_rules, b->ignored_rule_count);
    for (size_t i = 0; rules && i < rows.len; i++) {
        const struct pl_diff_value *row = &rows.at[i];
        const struct pl_abi_rule *rule =
            pl_abi_find(rules, row->has ? row->to : row->from);
        if (rule)
            pl_vec_push(e->arena, &e->ignored,
                        (struct ignored){rule, row->has});
    }
}

static void note_key(struct explain *e, struct pl_str key)
{
    e->other_arguments |= pl_str_is(key, "arguments");
    e->other_python |= pl_str_is(key, "python") ||
                       pl_str_is(key, "requires-python") ||
                       pl_str_is(key, "environments");
}

static void find_moved(struct explain *e)
{
    e->moved.arena = e->arena;
    for (size_t i = 0; i < e->d->changes.len; i++) {
        struct pl_diff_change *change = &e->d->changes.at[i];
        if (change->subject != PL_DIFF_OF_PACKAGE)
            note_key(e, change->name);
        else if (!pl_str_eq(change->from, change->to) &&
                 !pl_map_get(&e->moved, change->name))
            pl_map_put(&e->moved, change->name, change);
    }
}

void pl_diff_explain(struct pl_differ *d)
{
    const struct pl_diff_side *old = &d->given->old, *new = &d->given->new;
    struct explain e = {.d = d, .arena = d->arena};
    bool by_via = pl_diff_says_via(old->lock) && pl_diff_says_via(new->lock);
    e.texts = old->input_count && new->input_count;
    e.asking = !old->is_bare && !new->is_bare;
    pl_diff_asking_read(d->arena, old, by_via, e.texts, &e.old);
    pl_diff_asking_read(d->arena, new, by_via, e.texts, &e.new);
    e.other_template =
        !pl_str_eq(old->lock->template_id, new->lock->template_id);
    find_inputs(&e, old->lock, new->lock);
    find_ignored(&e, old->lock, new->lock);
    find_moved(&e);
    for (size_t i = 0; i < d->changes.len; i++)
        if (d->changes.at[i].subject == PL_DIFF_OF_PACKAGE)
            explain_change(&e, &d->changes.at[i]);
}
