#include "tests/random/world.h"

/* ---- chance ---- */

/* How dense a world is; each is drawn once for the world. */
struct dice {
    uint64_t state;
    const struct brute_world *world;
    int versions;     /* of a name, at most */
    int facts;        /* of 100 names */
    int needs;        /* of a package, at most */
    int open;         /* of 100 specifiers that match everything */
    int pres, yanked; /* of 100 versions */
};

/* splitmix64 */
static uint64_t next_random(struct dice *d)
{
    uint64_t z = (d->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int below(struct dice *d, int count)
{
    return (int)(next_random(d) % (uint64_t)count);
}

static bool chance(struct dice *d, int percent)
{
    return below(d, 100) < percent;
}

static int one_of(struct dice *d, const int *values, int count)
{
    return values[below(d, count)];
}

/* ---- making ---- */

/* Facts may lie outside of what the index has, on both sides. */
static struct brute_version make_version(struct dice *d, int from)
{
    struct brute_version v = {
        .number = from + below(d, d->versions + 2 - from),
        .pre = chance(d, d->pres),
    };
    return v;
}

static struct brute_spec make_spec(struct dice *d)
{
    /* lower bounds are what most requirements are made of */
    static const int first[] = {BRUTE_GE, BRUTE_GE, BRUTE_GE,
                                BRUTE_LE, BRUTE_GT, BRUTE_LT,
                                BRUTE_LT, BRUTE_EQ, BRUTE_NE};
    struct brute_spec spec = {0};
    if (chance(d, d->open))
        return spec;
    spec.op[0] = (enum brute_op)one_of(d, first, 9);
    spec.operand[0] = make_version(d, 1);
    spec.count = 1;
    if (spec.op[0] == BRUTE_GE && chance(d, 40)) {
        spec.op[1] = BRUTE_LT;
        spec.operand[1] = spec.operand[0];
        spec.operand[1].number += 1 + below(d, 4);
        spec.operand[1].pre = false;
        spec.count = 2;
    }
    return spec;
}

static struct brute_req make_req(struct dice *d, int name, bool in_package)
{
    struct brute_req r = {.name = name, .spec = make_spec(d)};
    if (chance(d, 20))
        r.extras = 1u + (unsigned)below(d, 3);
    if (in_package && chance(d, 25))
        r.when = 1 + below(d, BRUTE_EXTRAS);
    r.never = chance(d, 4);
    return r;
}

static struct brute_needs make_needs(struct dice *d, int self)
{
    struct brute_needs needs = {.count = below(d, d->needs + 1)};
    for (int i = 0; i < needs.count; i++) {
        int name = below(d, d->world->name_count);
        /* of itself, only its extras make sense; elsewhere it is rare */
        if (name == self && !chance(d, 20))
            name = (name + 1) % d->world->name_count;
        needs.at[i] = make_req(d, name, true);
        if (name == self)
            needs.at[i].spec.count = 0;
    }
    return needs;
}

static void make_releases(struct dice *d, int self, struct brute_name *n)
{
    int count = 1 + below(d, d->versions);
    int skip = d->versions - count;
    for (int number = 1; number <= d->versions; number++) {
        if (skip && chance(d, 30)) {
            skip--;
            continue;
        }
        if (n->release_count == count)
            return;
        n->releases[n->release_count++] = (struct brute_release){
            .version = {number, chance(d, d->pres)},
            .yanked = chance(d, d->yanked),
            .unusable = chance(d, 3),
            .needs = make_needs(d, self),
        };
    }
}

static void make_fact(struct dice *d, int self, struct brute_name *n)
{
    static const int protects[] = {BRUTE_KEEP, BRUTE_KEEP,  BRUTE_KEEP,
                                   BRUTE_KEEP, BRUTE_KEEP,  BRUTE_OS,
                                   BRUTE_OS,   BRUTE_LOCKED};
    n->fact = (struct brute_fact){
        .there = true,
        .version = make_version(d, 0),
        .protect = (enum brute_protect)one_of(d, protects, 8),
        .has_treat_as = chance(d, 8),
        .treat_as = make_version(d, 0),
        .allow_replace = chance(d, 8),
        .allow_break = chance(d, 6),
        .needs = make_needs(d, self),
    };
}

static void make_inputs(struct dice *d, int count, bool extras,
                        struct brute_inputs *out)
{
    out->count = count;
    for (int i = 0; i < count; i++) {
        out->at[i] = make_req(d, below(d, d->world->name_count), false);
        if (!extras)
            out->at[i].extras = 0;
    }
}

/* What some package of the world asks of the name, if any does. */
static bool find_spec(struct dice *d, const struct brute_world *w, int name,
                      struct brute_spec *out)
{
    for (int tries = 0; tries < 20; tries++) {
        const struct brute_name *n = &w->names[below(d, w->name_count)];
        const struct brute_needs *needs =
            &n->releases[below(d, n->release_count)].needs;
        if (!needs->count)
            continue;
        const struct brute_req *r = &needs->at[below(d, needs->count)];
        *out = r->spec;
        if (r->name == name && r->spec.count)
            return true;
    }
    return false;
}

static void make_rules(struct dice *d, struct brute_world *w)
{
    static const int counts[] = {0, 0, 1, 2, 3, 4};
    w->rule_count = one_of(d, counts, 6);
    for (int i = 0; i < w->rule_count; i++) {
        struct brute_rule *r = &w->rules[i];
        r->package = below(d, w->name_count);
        r->other =
            (r->package + 1 + below(d, w->name_count - 1)) % w->name_count;
        r->versions = make_spec(d);
        /* what reads the same must not become the same */
        if (!chance(d, 60) || !find_spec(d, w, r->other, &r->other_versions))
            r->other_versions = make_spec(d);
        r->is_requires = chance(d, 40);
    }
}

static void make_modes(struct dice *d, struct brute_world *w)
{
    static const int prereleases[] = {
        BRUTE_PRE_DEFAULT,  BRUTE_PRE_DEFAULT,      BRUTE_PRE_DEFAULT,
        BRUTE_PRE_EXPLICIT, BRUTE_PRE_IF_NECESSARY, BRUTE_PRE_ALLOW,
        BRUTE_PRE_DISALLOW,
    };
    static const int resolutions[] = {BRUTE_HIGHEST, BRUTE_HIGHEST,
                                      BRUTE_HIGHEST, BRUTE_HIGHEST,
                                      BRUTE_LOWEST,  BRUTE_LOWEST_DIRECT};
    static const int replaces[] = {BRUTE_IF_NEEDED, BRUTE_IF_NEEDED,
                                   BRUTE_IF_NEEDED, BRUTE_IF_NEEDED,
                                   BRUTE_FREELY,    BRUTE_NEVER};
    w->prerelease = (enum brute_prerelease)one_of(d, prereleases, 7);
    w->resolution = (enum brute_resolution)one_of(d, resolutions, 6);
    w->replace = (enum brute_replace)one_of(d, replaces, 6);
    w->no_deps = chance(d, 2);
}

/* Some of what an earlier lock may have had, also what is no longer there. */
static void make_pins(struct dice *d, struct brute_world *w)
{
    static const int shares[] = {0, 0, 50, 100};
    int share = one_of(d, shares, 4);
    for (int n = 0; n < w->name_count; n++) {
        struct brute_name *name = &w->names[n];
        name->pinned = chance(d, share);
        name->pin = name->fact.there && chance(d, 20)
                        ? name->fact.version
                        : name->releases[below(d, name->release_count)].version;
        name->upgraded = share && chance(d, 10);
    }
}

static void throw_dice(struct dice *d)
{
    static const int versions[] = {2, 4, 6, 9, 12, 12};
    static const int facts[] = {0, 0, 40, 70, 100, 100};
    static const int needs[] = {1, 2, 2, 3, 4};
    static const int open[] = {10, 30, 50, 70};
    static const int pres[] = {0, 0, 15, 40};
    static const int yanked[] = {0, 0, 15};
    d->versions = one_of(d, versions, 6);
    d->facts = one_of(d, facts, 6);
    d->needs = one_of(d, needs, 5);
    d->open = one_of(d, open, 4);
    d->pres = one_of(d, pres, 4);
    d->yanked = one_of(d, yanked, 3);
}

void random_world_make(uint64_t seed, struct brute_world *out)
{
    struct brute_world *w = out;
    struct dice d = {.state = seed * 0x2545f4914f6cdd1du + 1, .world = w};
    *w = (struct brute_world){0};
    throw_dice(&d);
    w->name_count = 2 + below(&d, BRUTE_NAMES - 1);
    for (int n = 0; n < w->name_count; n++) {
        struct brute_name *name = &w->names[n];
        name->on_index = !chance(&d, 8);
        name->excluded = chance(&d, 2);
        make_releases(&d, n, name);
        if (chance(&d, d.facts))
            make_fact(&d, n, name);
    }
    make_inputs(&d, 1 + below(&d, 3), true, &w->roots);
    make_inputs(&d, chance(&d, 30) ? 1 + below(&d, 2) : 0, false,
                &w->constraints);
    make_inputs(&d, chance(&d, 10) ? 1 + below(&d, 2) : 0, true, &w->overrides);
    make_inputs(&d, chance(&d, 8) && d.facts ? 1 : 0, false,
                &w->template_constraints);
    make_rules(&d, w);
    make_modes(&d, w);
    make_pins(&d, w);
}

/* ---- as text ---- */

static void print_name(int name, struct pl_buf *out)
{
    pl_buf_add_char(out, (char)('a' + name));
}

static void print_version(struct brute_version v, struct pl_buf *out)
{
    pl_buf_addf(out, "%d%s", v.number, v.pre ? "rc1" : "");
}

static void print_spec(const struct brute_spec *spec, struct pl_buf *out)
{
    static const char *const ops[BRUTE_OP_COUNT] = {">=", "<=", ">",
                                                    "<",  "==", "!="};
    for (int i = 0; i < spec->count; i++) {
        pl_buf_addf(out, "%s%s", i ? "," : "", ops[spec->op[i]]);
        print_version(spec->operand[i], out);
    }
}

static void print_extras(unsigned extras, struct pl_buf *out)
{
    static const char *const texts[] = {"", "[x]", "[y]", "[x,y]"};
    pl_buf_add_cstr(out, texts[extras]);
}

static void print_req(const char *before, const struct brute_req *r,
                      struct pl_buf *out)
{
    pl_buf_add_cstr(out, before);
    print_name(r->name, out);
    print_extras(r->extras, out);
    print_spec(&r->spec, out);
    if (r->never)
        pl_buf_add_cstr(out, "; python_version < '3'");
    else if (r->when)
        pl_buf_addf(out, "; extra == '%c'", 'w' + r->when);
    pl_buf_add_char(out, '\n');
}

static void print_needs(const char *before, const struct brute_needs *needs,
                        struct pl_buf *out)
{
    for (int i = 0; i < needs->count; i++)
        print_req(before, &needs->at[i], out);
}

static void print_inputs(const char *before, const struct brute_inputs *inputs,
                         struct pl_buf *out)
{
    for (int i = 0; i < inputs->count; i++)
        print_req(before, &inputs->at[i], out);
}

static void print_modes(const struct brute_world *w, struct pl_buf *out)
{
    static const char *const prereleases[] = {"if-necessary-or-explicit",
                                              "if-necessary", "explicit",
                                              "allow", "disallow"};
    static const char *const resolutions[] = {"highest", "lowest",
                                              "lowest-direct"};
    static const char *const replaces[] = {"if-needed", "freely", "never"};
    if (w->prerelease)
        pl_buf_addf(out, "prerelease %s\n", prereleases[w->prerelease]);
    if (w->resolution)
        pl_buf_addf(out, "resolution %s\n", resolutions[w->resolution]);
    if (w->replace)
        pl_buf_addf(out, "replace %s\n", replaces[w->replace]);
    if (w->no_deps)
        pl_buf_add_cstr(out, "no-deps\n");
}

static void print_pins(const struct brute_world *w, struct pl_buf *out)
{
    for (int n = 0; n < w->name_count; n++) {
        if (w->names[n].upgraded)
            pl_buf_addf(out, "upgrade %c\n", 'a' + n);
        if (!w->names[n].pinned)
            continue;
        pl_buf_addf(out, "pin %c ", 'a' + n);
        print_version(w->names[n].pin, out);
        pl_buf_add_char(out, '\n');
    }
}

static void print_fact(const struct brute_world *w, int name,
                       struct pl_buf *out)
{
    static const char *const protects[] = {"locked", "keep", "os"};
    const struct brute_fact *fact = &w->names[name].fact;
    if (w->names[name].excluded)
        pl_buf_addf(out, "exclude %c\n", 'a' + name);
    if (!fact->there)
        return;
    if (fact->allow_replace)
        pl_buf_addf(out, "allow-replace %c\n", 'a' + name);
    if (fact->allow_break)
        pl_buf_addf(out, "allow-break %c\n", 'a' + name);
    pl_buf_addf(out, "fact %c ", 'a' + name);
    print_version(fact->version, out);
    pl_buf_addf(out, " %s", protects[fact->protect]);
    if (fact->has_treat_as) {
        pl_buf_add_cstr(out, " treat-as=");
        print_version(fact->treat_as, out);
    }
    pl_buf_add_char(out, '\n');
    print_needs("  requires ", &fact->needs, out);
}

static void print_rule(const struct brute_rule *r, int number,
                       struct pl_buf *out)
{
    pl_buf_addf(out, "rule r%d %c ", number, 'a' + r->package);
    print_spec(&r->versions, out);
    pl_buf_addf(out, "%s %s %c ", r->versions.count ? "" : "*",
                r->is_requires ? "requires" : "conflicts", 'a' + r->other);
    print_spec(&r->other_versions, out);
    pl_buf_addf(out, "%s\n", r->other_versions.count ? "" : "*");
}

static void print_page(const struct brute_world *w, int name,
                       struct pl_buf *out)
{
    const struct brute_name *n = &w->names[name];
    if (!n->on_index)
        return;
    pl_buf_addf(out, "project %c\n", 'a' + name);
    for (int i = 0; i < n->release_count; i++) {
        const struct brute_release *r = &n->releases[i];
        pl_buf_add_cstr(out, "  ");
        print_version(r->version, out);
        pl_buf_addf(out, "%s%s\n", r->yanked ? " yanked" : "",
                    r->unusable ? " unusable" : "");
        if (!r->unusable)
            print_needs("    ", &r->needs, out);
    }
}

void random_world_print(const struct brute_world *world, struct pl_buf *out)
{
    print_modes(world, out);
    print_pins(world, out);
    print_inputs("require ", &world->roots, out);
    print_inputs("constraint ", &world->constraints, out);
    print_inputs("override ", &world->overrides, out);
    print_inputs("template-constraint ", &world->template_constraints, out);
    for (int n = 0; n < world->name_count; n++)
        print_fact(world, n, out);
    for (int i = 0; i < world->rule_count; i++)
        print_rule(&world->rules[i], i, out);
    for (int n = 0; n < world->name_count; n++)
        print_page(world, n, out);
}

static void print_chosen(const struct brute_world *w,
                         const struct brute_answer *a, int name, bool replaced,
                         struct pl_buf *out)
{
    const struct brute_chosen *c = &a->chosen[name];
    const struct brute_fact *fact = &w->names[name].fact;
    if (!c->there || c->is_fact || fact->there != replaced)
        return;
    pl_buf_add_cstr(out, replaced ? "replaced " : "");
    print_name(name, out);
    print_extras(c->extras, out);
    pl_buf_add_char(out, ' ');
    if (replaced) {
        print_version(fact->version, out);
        pl_buf_add_char(out, ' ');
    }
    print_version(c->version, out);
    pl_buf_add_char(out, '\n');
}

void random_world_print_answer(const struct brute_world *world,
                               const struct brute_answer *answer,
                               struct pl_buf *out)
{
    if (!answer->satisfiable)
        pl_buf_add_cstr(out, "no\n");
    for (int n = 0; answer->satisfiable && n < world->name_count; n++)
        print_chosen(world, answer, n, false, out);
    for (int n = 0; answer->satisfiable && n < world->name_count; n++)
        print_chosen(world, answer, n, true, out);
}
