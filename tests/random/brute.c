#include "tests/random/brute.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NONE (-1)

struct candidate {
    struct brute_version version;
    bool is_fact;
    const struct brute_needs *needs;
};

struct demand {
    int name;
    unsigned extras;
    struct brute_spec spec;
    bool of_fact; /* a fact's own: constraints do not bind facts for it */
};

/* Everything that one package, or one extra of it, demands. */
struct demands {
    int count;
    struct demand at[64];
};

struct solver {
    const struct brute_world *world;
    struct candidate candidates[BRUTE_NAMES][BRUTE_CANDIDATES];
    int candidate_count[BRUTE_NAMES];
    int fact_at[BRUTE_NAMES];     /* among the candidates, or NONE */
    bool pin_stands[BRUTE_NAMES]; /* as the first candidate */
    bool barred[BRUTE_NAMES];     /* a constraint forbids the fact */
    bool direct[BRUTE_NAMES];
    struct demands roots;
    bool must_be_there[BRUTE_NAMES];
    int chosen[BRUTE_NAMES]; /* candidate, or NONE */
    long tried;
};

/* ---- versions ---- */

static int key(struct brute_version v)
{
    return 2 * v.number - v.pre;
}

static bool clause_matches(enum brute_op op, struct brute_version operand,
                           struct brute_version v)
{
    int difference = key(v) - key(operand);
    switch (op) {
    case BRUTE_GE:
        return difference >= 0;
    case BRUTE_LE:
        return difference <= 0;
    case BRUTE_GT:
        return difference > 0;
    case BRUTE_LT: /* not the candidates of the version named */
        return difference < 0 &&
               !(v.pre && !operand.pre && v.number == operand.number);
    case BRUTE_EQ:
        return difference == 0;
    case BRUTE_NE:
    case BRUTE_OP_COUNT:
        break;
    }
    return difference != 0;
}

static bool matches(const struct brute_spec *spec, struct brute_version v)
{
    for (int i = 0; i < spec->count; i++)
        if (!clause_matches(spec->op[i], spec->operand[i], v))
            return false;
    return true;
}

static bool fact_matches(const struct brute_fact *fact,
                         const struct brute_spec *spec)
{
    return matches(spec, fact->version) ||
           (fact->has_treat_as && matches(spec, fact->treat_as));
}

static bool candidate_matches(const struct solver *s, int name, int candidate,
                              const struct brute_spec *spec)
{
    const struct candidate *c = &s->candidates[name][candidate];
    return c->is_fact ? fact_matches(&s->world->names[name].fact, spec)
                      : matches(spec, c->version);
}

/* ---- candidates ---- */

static bool names_pre(const struct brute_spec *spec)
{
    for (int i = 0; i < spec->count; i++)
        if (spec->op[i] != BRUTE_NE && spec->operand[i].pre)
            return true;
    return false;
}

static bool pins(const struct brute_spec *spec, struct brute_version v)
{
    for (int i = 0; i < spec->count; i++)
        if (spec->op[i] == BRUTE_EQ && key(spec->operand[i]) == key(v))
            return true;
    return false;
}

/* Of the requirements, constraints and overrides about the name. */
static bool any_direct_names_pre(const struct brute_world *w, int name)
{
    const struct brute_inputs *lists[] = {&w->roots, &w->constraints,
                                          &w->overrides};
    for (int l = 0; l < 3; l++)
        for (int i = 0; i < lists[l]->count; i++)
            if (lists[l]->at[i].name == name && !lists[l]->at[i].never &&
                names_pre(&lists[l]->at[i].spec))
                return true;
    return false;
}

static bool any_direct_pins(const struct brute_world *w, int name,
                            struct brute_version v)
{
    const struct brute_inputs *lists[] = {&w->roots, &w->constraints,
                                          &w->overrides};
    for (int l = 0; l < 3; l++)
        for (int i = 0; i < lists[l]->count; i++)
            if (lists[l]->at[i].name == name && !lists[l]->at[i].never &&
                pins(&lists[l]->at[i].spec, v))
                return true;
    return false;
}

static bool constraints_allow(const struct brute_inputs *constraints, int name,
                              struct brute_version v)
{
    for (int i = 0; i < constraints->count; i++)
        if (constraints->at[i].name == name && !constraints->at[i].never &&
            !constraints->at[i].lifted && !matches(&constraints->at[i].spec, v))
            return false;
    return true;
}

static bool constraints_bar(const struct brute_inputs *constraints, int name,
                            const struct brute_fact *fact)
{
    for (int i = 0; i < constraints->count; i++)
        if (constraints->at[i].name == name && !constraints->at[i].never &&
            !constraints->at[i].lifted &&
            !fact_matches(fact, &constraints->at[i].spec))
            return true;
    return false;
}

static bool is_candidate(const struct brute_world *w, int name,
                         const struct brute_release *r)
{
    const struct brute_fact *fact = &w->names[name].fact;
    enum brute_prerelease mode = w->prerelease;
    if (fact->there && key(fact->version) == key(r->version))
        return false; /* that is the fact itself */
    const struct brute_name *n = &w->names[name];
    /* what is yanked is not looked into */
    bool is_out = r->yanked && !any_direct_pins(w, name, r->version);
    if (is_out ? !n->lift_yanked : r->unusable && !n->lift_unusable)
        return false;
    if (r->version.pre && !n->lift_pre &&
        (mode == BRUTE_PRE_DISALLOW ||
         (mode == BRUTE_PRE_EXPLICIT && !any_direct_names_pre(w, name))))
        return false;
    return constraints_allow(&w->constraints, name, r->version) &&
           constraints_allow(&w->template_constraints, name, r->version);
}

/* The higher, the more preferred. */
static int preference(const struct solver *s, int name, struct brute_version v)
{
    const struct brute_world *w = s->world;
    bool lowest = w->resolution == BRUTE_LOWEST ||
                  (w->resolution == BRUTE_LOWEST_DIRECT && s->direct[name]);
    bool last = v.pre && w->prerelease != BRUTE_PRE_ALLOW &&
                (w->prerelease == BRUTE_PRE_IF_NECESSARY ||
                 !any_direct_names_pre(w, name));
    return (lowest ? -key(v) : key(v)) - (last ? 1000 : 0);
}

static void add_candidate(struct solver *s, int name, struct candidate c)
{
    struct candidate *list = s->candidates[name];
    int at = s->candidate_count[name]++;
    int rank = preference(s, name, c.version);
    for (; at > 0 && preference(s, name, list[at - 1].version) < rank; at--)
        list[at] = list[at - 1];
    list[at] = c;
}

static bool is_let_in(const struct brute_world *w, int name,
                      const struct brute_release *r)
{
    return r->unusable || (r->yanked && !any_direct_pins(w, name, r->version));
}

static void put_pin_first(struct solver *s, int name)
{
    const struct brute_name *n = &s->world->names[name];
    s->pin_stands[name] = false;
    for (int i = 0; n->pinned && i < s->candidate_count[name]; i++) {
        struct candidate pin = s->candidates[name][i];
        if (key(pin.version) != key(n->pin))
            continue;
        for (; i > 0; i--)
            s->candidates[name][i] = s->candidates[name][i - 1];
        s->candidates[name][0] = pin;
        s->pin_stands[name] = true;
        return;
    }
}

static void find_candidates(struct solver *s, int name)
{
    static const struct brute_needs nothing;
    const struct brute_name *n = &s->world->names[name];
    if (n->fact.there)
        add_candidate(
            s, name, (struct candidate){n->fact.version, true, &n->fact.needs});
    for (int i = 0; n->on_index && i < n->release_count; i++)
        if (is_candidate(s->world, name, &n->releases[i]))
            add_candidate(
                s, name,
                (struct candidate){n->releases[i].version, false,
                                   is_let_in(s->world, name, &n->releases[i])
                                       ? &nothing
                                       : &n->releases[i].needs});
    put_pin_first(s, name);
    s->fact_at[name] = NONE;
    for (int i = 0; i < s->candidate_count[name]; i++)
        if (s->candidates[name][i].is_fact)
            s->fact_at[name] = i;
    s->barred[name] =
        n->fact.there &&
        (constraints_bar(&s->world->constraints, name, &n->fact) ||
         constraints_bar(&s->world->template_constraints, name, &n->fact));
}

/* ---- what is demanded ---- */

static void push(struct demands *out, const struct brute_req *r,
                 unsigned extras, bool of_fact)
{
    if (out->count == 64)
        abort();
    out->at[out->count++] = (struct demand){r->name, extras, r->spec, of_fact};
}

/* What overrides and exclusions make of one requirement. */
static void push_overridden(const struct solver *s, const struct brute_req *r,
                            struct demands *out)
{
    const struct brute_world *w = s->world;
    bool overridden = false;
    if (w->names[r->name].excluded)
        return;
    for (int i = 0; i < w->overrides.count; i++) {
        const struct brute_req *o = &w->overrides.at[i];
        if (o->name != r->name)
            continue;
        overridden = true;
        if (!o->never)
            push(out, o, o->extras, false);
    }
    if (!overridden)
        push(out, r, r->extras, false);
}

/*
 * What a fact needs and the template meets. An extra of another fact counts as
 * that fact's own requirements for it, as far as they are met.
 */
static void push_fact_needs(const struct solver *s, int name, int extra,
                            bool seen[BRUTE_NAMES][BRUTE_EXTRAS + 1],
                            struct demands *out)
{
    const struct brute_needs *needs = &s->world->names[name].fact.needs;
    if (seen[name][extra])
        return;
    seen[name][extra] = true;
    for (int i = 0; i < needs->count; i++) {
        const struct brute_req *r = &needs->at[i];
        const struct brute_fact *other = &s->world->names[r->name].fact;
        if (r->never || r->when != extra || !other->there ||
            !fact_matches(other, &r->spec))
            continue;
        push(out, r, 0, true);
        for (int x = 1; x <= BRUTE_EXTRAS; x++)
            if (r->extras & (1u << (x - 1)))
                push_fact_needs(s, r->name, x, seen, out);
    }
}

/* Of the candidate chosen for the name; extra 0: the package itself. */
static void find_demands(const struct solver *s, int name, int extra,
                         struct demands *out)
{
    const struct candidate *c = &s->candidates[name][s->chosen[name]];
    out->count = 0;
    if (s->world->no_deps)
        return;
    if (c->is_fact && !extra) {
        bool seen[BRUTE_NAMES][BRUTE_EXTRAS + 1] = {{false}};
        if (!s->world->names[name].fact.allow_break)
            push_fact_needs(s, name, 0, seen, out);
        return;
    }
    for (int i = 0; i < c->needs->count; i++)
        if (!c->needs->at[i].never && c->needs->at[i].when == extra)
            push_overridden(s, &c->needs->at[i], out);
}

/* ---- is there an environment? ---- */

static bool meets(const struct solver *s, const struct demand *d)
{
    int candidate = s->chosen[d->name];
    bool is_fact = s->candidates[d->name][candidate].is_fact;
    if (is_fact && s->barred[d->name] && !d->of_fact)
        return false;
    return candidate_matches(s, d->name, candidate, &d->spec);
}

struct view {
    unsigned extras[BRUTE_NAMES]; /* asked for */
    int missing;                  /* a name that is needed, or NONE */
};

/* False when a demand is not met by what is chosen. */
static bool look_at(const struct solver *s, const struct demands *demands,
                    struct view *view, bool *grown)
{
    for (int i = 0; i < demands->count; i++) {
        const struct demand *d = &demands->at[i];
        if (s->chosen[d->name] == NONE)
            view->missing = d->name;
        else if (!meets(s, d))
            return false;
        if (d->extras & ~view->extras[d->name]) {
            view->extras[d->name] |= d->extras;
            *grown = true;
        }
    }
    return true;
}

static bool look_at_chosen(const struct solver *s, struct view *view,
                           bool *grown)
{
    struct demands demands;
    for (int n = 0; n < s->world->name_count; n++)
        for (int x = 0; s->chosen[n] != NONE && x <= BRUTE_EXTRAS; x++) {
            if (x && !(view->extras[n] & (1u << (x - 1))))
                continue;
            find_demands(s, n, x, &demands);
            if (!look_at(s, &demands, view, grown))
                return false;
        }
    return true;
}

static bool breaks_rule(const struct solver *s, const struct brute_rule *r)
{
    int package = s->chosen[r->package], other = s->chosen[r->other];
    if (package == NONE || other == NONE ||
        (s->candidates[r->package][package].is_fact &&
         s->candidates[r->other][other].is_fact))
        return false;
    return candidate_matches(s, r->package, package, &r->versions) &&
           candidate_matches(s, r->other, other, &r->other_versions) !=
               r->is_requires;
}

/* Can what is chosen still be part of an answer? */
static bool is_sound(const struct solver *s, struct view *view)
{
    bool grown = true;
    *view = (struct view){.missing = NONE};
    while (grown) {
        grown = false;
        if (!look_at(s, &s->roots, view, &grown) ||
            !look_at_chosen(s, view, &grown))
            return false;
    }
    for (int i = 0; i < s->world->rule_count; i++)
        if (!s->world->rules[i].lifted && breaks_rule(s, &s->world->rules[i]))
            return false;
    for (int n = 0; n < s->world->name_count; n++)
        if (s->must_be_there[n] && s->chosen[n] == NONE)
            view->missing = n;
    return true;
}

/* Leaves `chosen` as it was. */
static bool exists(struct solver *s)
{
    struct view view;
    s->tried++;
    if (!is_sound(s, &view))
        return false;
    int name = view.missing;
    if (name == NONE)
        return true;
    bool found = false;
    for (int i = 0; i < s->candidate_count[name] && !found; i++) {
        s->chosen[name] = i;
        found = exists(s);
    }
    s->chosen[name] = NONE;
    return found;
}

/* ---- which facts are replaced ---- */

static bool may_go(const struct brute_world *w, int name)
{
    const struct brute_fact *fact = &w->names[name].fact;
    return fact->there &&
           (fact->allow_replace ||
            (fact->protect != BRUTE_LOCKED && w->replace != BRUTE_NEVER));
}

struct choice {
    int names[BRUTE_NAMES]; /* that may go; os first, then by name */
    int count;
    unsigned os; /* set of positions */
};

static struct choice find_choice(const struct brute_world *w)
{
    struct choice c = {.count = 0};
    for (int os = 1; os >= 0; os--)
        for (int n = 0; n < w->name_count; n++)
            if (may_go(w, n) && (w->names[n].fact.protect == BRUTE_OS) == os) {
                c.os |= (unsigned)os << c.count;
                c.names[c.count++] = n;
            }
    return c;
}

static int count_bits(unsigned set)
{
    int count = 0;
    for (; set; set &= set - 1)
        count++;
    return count;
}

/* Fewer os, then fewer others, then whoever keeps the earlier position. */
static bool is_better(const struct choice *c, unsigned a, unsigned b)
{
    int os = count_bits(a & c->os) - count_bits(b & c->os);
    int others = count_bits(a & ~c->os) - count_bits(b & ~c->os);
    if (os || others)
        return os ? os < 0 : others < 0;
    unsigned first = (a ^ b) & (~(a ^ b) + 1);
    return (b & first) != 0;
}

static void release(struct solver *s, const struct choice *c, unsigned set)
{
    for (int n = 0; n < BRUTE_NAMES; n++) {
        s->chosen[n] = s->fact_at[n];
        s->must_be_there[n] = false;
    }
    for (int i = 0; i < c->count; i++)
        if (set & (1u << i)) {
            s->chosen[c->names[i]] = NONE;
            s->must_be_there[c->names[i]] = true;
        }
}

/* The best set of those with which there is an environment. */
static bool find_released(struct solver *s, const struct choice *c)
{
    unsigned all = (1u << c->count) - 1, best = 0;
    bool found = false;
    if (s->world->replace == BRUTE_FREELY) {
        release(s, c, all);
        return exists(s);
    }
    for (unsigned set = 0; set <= all; set++) {
        if (found && !is_better(c, set, best))
            continue;
        release(s, c, set);
        if (exists(s)) {
            best = set;
            found = true;
        }
    }
    release(s, c, best);
    return found;
}

/* ---- in the order of discovery ---- */

struct visits {
    int count, next, next_pinned, next_upgraded;
    bool done[BRUTE_NAMES * (BRUTE_EXTRAS + 1)];
    int name[BRUTE_NAMES * (BRUTE_EXTRAS + 1)];
    int extra[BRUTE_NAMES * (BRUTE_EXTRAS + 1)];
};

static void push_visit(struct visits *v, int name, int extra)
{
    for (int i = 0; i < v->count; i++)
        if (v->name[i] == name && v->extra[i] == extra)
            return;
    v->name[v->count] = name;
    v->extra[v->count++] = extra;
}

static void push_visits(struct visits *v, const struct demands *demands)
{
    for (int i = 0; i < demands->count; i++) {
        const struct demand *d = &demands->at[i];
        push_visit(v, d->name, 0);
        for (int x = 1; x <= BRUTE_EXTRAS; x++)
            if (d->extras & (1u << (x - 1)))
                push_visit(v, d->name, x);
    }
}

static void choose(struct solver *s, int name)
{
    for (int i = 0; i < s->candidate_count[name]; i++) {
        s->chosen[name] = i;
        if (exists(s))
            return;
    }
    abort(); /* there was an environment a moment ago */
}

/* True. */
static bool visit(struct solver *s, struct visits *v, int i)
{
    struct demands demands;
    int name = v->name[i], extra = v->extra[i];
    v->done[i] = true;
    if (s->chosen[name] == NONE)
        choose(s, name);
    if (!extra && s->candidates[name][s->chosen[name]].is_fact)
        return true; /* what it needs is there already */
    find_demands(s, name, extra, &demands);
    push_visits(v, &demands);
    return true;
}

static bool keeps_pin(struct solver *s, const struct visits *v, int i)
{
    int name = v->name[i];
    if (!s->pin_stands[name])
        return false;
    if (s->chosen[name] != NONE)
        return true;
    if (v->extra[i])
        return false;
    s->chosen[name] = 0;
    bool keeps = exists(s);
    s->chosen[name] = NONE;
    return keeps;
}

/* Who is upgraded comes first, then who keeps a pin. */
static bool visit_next(struct solver *s, struct visits *v)
{
    for (int i = v->next_upgraded; i < v->count; i++)
        if (!v->done[i] && s->world->names[v->name[i]].upgraded) {
            v->next_upgraded = i;
            return visit(s, v, i);
        }
    v->next_upgraded = v->count;
    for (; v->next_pinned < v->count; v->next_pinned++)
        if (!v->done[v->next_pinned] && keeps_pin(s, v, v->next_pinned))
            return visit(s, v, v->next_pinned);
    for (; v->next < v->count; v->next++)
        if (!v->done[v->next])
            return visit(s, v, v->next);
    return false;
}

static void visit_all(struct solver *s, struct visits *v)
{
    while (visit_next(s, v))
        ;
}

/* Facts that may change and that nothing led to: they stay if they can. */
static void visit_left(struct solver *s, struct visits *v)
{
    for (int n = 0; n < s->world->name_count; n++) {
        if (!s->must_be_there[n] || s->chosen[n] != NONE)
            continue;
        if (s->world->replace == BRUTE_FREELY) {
            s->chosen[n] = s->fact_at[n];
            if (exists(s))
                continue;
            s->chosen[n] = NONE;
        }
        push_visit(v, n, 0);
    }
}

static void tell(const struct solver *s, const struct choice *c,
                 struct brute_answer *out)
{
    struct view view;
    if (!is_sound(s, &view) || view.missing != NONE)
        abort();
    for (int n = 0; n < s->world->name_count; n++) {
        if (s->chosen[n] == NONE)
            continue;
        const struct candidate *chosen = &s->candidates[n][s->chosen[n]];
        out->chosen[n] = (struct brute_chosen){true, chosen->is_fact,
                                               chosen->version, view.extras[n]};
    }
    for (int i = 0; i < c->count; i++)
        if (!out->chosen[c->names[i]].is_fact) {
            out->os_replaced += (c->os >> i) & 1;
            out->others_replaced += !((c->os >> i) & 1);
        }
}

static void start(struct solver *s)
{
    const struct brute_world *w = s->world;
    for (int i = 0; i < w->roots.count; i++)
        if (!w->roots.at[i].never && !w->roots.at[i].lifted)
            push_overridden(s, &w->roots.at[i], &s->roots);
    for (int i = 0; i < s->roots.count; i++)
        s->direct[s->roots.at[i].name] = true;
    for (int n = 0; n < BRUTE_NAMES; n++) {
        s->fact_at[n] = NONE;
        s->chosen[n] = NONE;
    }
    for (int n = 0; n < w->name_count; n++)
        find_candidates(s, n);
}

void brute_solve(const struct brute_world *world, struct brute_answer *out)
{
    struct solver s = {.world = world};
    struct visits v = {0};
    *out = (struct brute_answer){0};
    start(&s);
    struct choice c = find_choice(world);
    out->satisfiable = find_released(&s, &c);
    if (out->satisfiable) {
        push_visits(&v, &s.roots);
        visit_all(&s, &v);
        visit_left(&s, &v);
        visit_all(&s, &v);
        tell(&s, &c, out);
    }
    out->tried = s.tried;
}

bool brute_can_be_met(const struct brute_world *world)
{
    struct solver s = {.world = world};
    start(&s);
    struct choice c = find_choice(world);
    release(&s, &c, (1u << c.count) - 1);
    for (int n = 0; n < world->name_count; n++)
        if (world->names[n].fact.there && world->names[n].fact.lifted) {
            s.chosen[n] = NONE;
            s.must_be_there[n] = false;
        }
    return exists(&s);
}
