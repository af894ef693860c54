/*
 * Diffs of random locks: what tests/lock_diff_check.h says holds of each.
 *
 *     diff_random_test
 *
 * The second lock is another random one, or the first with a few changes; so
 * small that names, versions and files meet often. PODLOCK_RANDOM_COUNT pairs
 * are tried, from PODLOCK_RANDOM_SEED on; the seed at hand is printed when a
 * check ends the program. At the end every field, kind and group must have
 * been seen, or the locks were not random enough to find what is left out.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/lock_diff_check.h"

#define USUAL_COUNT 4000
#define MOST 5

static uint64_t random_state;

/* xorshift64*: the same numbers everywhere. */
static unsigned draw(unsigned below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned)((random_state * UINT64_C(2685821657736338717)) >> 33) %
           below;
}

static struct pl_str pick(const char *const *list, unsigned count)
{
    return pl_str_from(list[draw(count)]);
}
#define PICK(list) pick(list, PL_COUNT(list))

static const char *const names[] = {"a",     "b",      "numpy",
                                    "torch", "pandas", "nvidia-x"};
static const char *const versions[] = {
    "1.0", "1.0.1", "1.1", "2.0", "1!1.0", "2.0rc1", "1.0+l", "", "1.0.0"};
static const char *const facts[] = {"1.0", "1.1", "2.0"};
static const char *const markers[] = {"", "", "m == 'a'", "m == 'b'"};
static const char *const words[] = {"", "", "x", "y", "two words"};
static const char *const files[] = {"f-1.whl", "f-2.whl", "g-1.whl", ""};
static const char *const urls[] = {"", "https://h/f-1.whl", "https://h/f-2.whl",
                                   "https://i/f-1.whl"};
static const char *const hashes[] = {"", "aa", "bb"};
static const char *const asking[] = {"r.in:1",   "r.in:2", "r.in:3",
                                     "p.toml:1", "a",      "pandas"};
static const char *const keys[] = {"k", "l", "m"};
static const char *const tomls[] = {"1", "2", "\"x\""};
static const char *const ids[] = {"numpy2-pandas", "b-a", "unknown"};

static struct pl_str *strs(struct pl_arena *arena, const char *const *list,
                           unsigned count, size_t *out)
{
    struct pl_str *at = pl_new_array(arena, struct pl_str, MOST);
    *out = draw(3) ? 0 : draw(MOST);
    for (size_t i = 0; i < *out; i++)
        at[i] = pick(list, count);
    return at;
}
#define STRS(list, out) strs(arena, list, PL_COUNT(list), out)

/* By key, each once. */
static struct pl_lock_others others(struct pl_arena *arena)
{
    struct pl_lock_others all = {
        .at = pl_new_array(arena, struct pl_lock_other, PL_COUNT(keys))};
    for (unsigned i = 0; i < PL_COUNT(keys); i++)
        if (!draw(8))
            all.at[all.count++] =
                (struct pl_lock_other){pl_str_from(keys[i]), PICK(tomls)};
    return all;
}

static struct pl_lock_file random_file(struct pl_arena *arena)
{
    struct pl_lock_file file = {
        .is_sdist = !draw(4),
        .name = PICK(files),
        .url = PICK(urls),
        .path = draw(3) ? PL_STR("") : PICK(words),
        .upload_time = draw(3) ? PL_STR("") : PICK(words),
        .has_size = draw(2),
        .sha256 = PICK(hashes),
        .others = others(arena),
    };
    file.size = file.has_size ? draw(3) : 0;
    file.hashes = pl_new_array(arena, struct pl_lock_hash, 2);
    if (!draw(3))
        file.hashes[file.hash_count++] =
            (struct pl_lock_hash){PL_STR("md5"), PICK(hashes)};
    if (!draw(3))
        file.hashes[file.hash_count++] =
            (struct pl_lock_hash){PL_STR("sha512"), PICK(hashes)};
    return file;
}

static void random_source(struct pl_arena *arena, struct pl_lock_package *p)
{
    static const enum pl_lock_source sources[] = {PL_LOCK_FILES, PL_LOCK_FILES,
                                                  PL_LOCK_ARCHIVE, PL_LOCK_VCS,
                                                  PL_LOCK_DIRECTORY};
    p->source = sources[draw(PL_COUNT(sources))];
    p->file = (struct pl_lock_file){0};
    p->more_count = 0;
    p->tree = (struct pl_lock_tree){0};
    if (p->source == PL_LOCK_FILES || p->source == PL_LOCK_ARCHIVE) {
        p->file = random_file(arena);
        p->more = pl_new_array(arena, struct pl_lock_file, MOST);
        if (p->source == PL_LOCK_FILES)
            p->more_count = draw(2) ? 0 : draw(MOST);
        for (size_t i = 0; i < p->more_count; i++)
            p->more[i] = random_file(arena);
        p->tree.subdirectory = PICK(words);
        return;
    }
    p->tree = (struct pl_lock_tree){.vcs = PICK(words),
                                    .url = PICK(words),
                                    .path = PICK(words),
                                    .requested_revision = PICK(words),
                                    .commit_id = PICK(words),
                                    .subdirectory = PICK(words),
                                    .has_editable = draw(2),
                                    .others = others(arena)};
    p->tree.editable = p->tree.has_editable && draw(2);
}

static void random_part(struct pl_arena *arena, struct pl_lock_package *p,
                        unsigned part)
{
    switch (part) {
    case 0:
        p->version = PICK(versions);
        break;
    case 1:
        p->marker = PICK(markers);
        p->requires_python = PICK(words);
        p->index = PICK(words);
        break;
    case 2:
        p->dependencies = STRS(names, &p->dependency_count);
        p->dependencies_text = PICK(words);
        p->identities_text = PICK(words);
        break;
    case 3:
        p->via = STRS(asking, &p->via_count);
        break;
    case 4:
        p->rules = STRS(ids, &p->rule_count);
        break;
    case 5:
        p->others = others(arena);
        p->tools = others(arena);
        p->podlock_keys = others(arena);
        break;
    default:
        random_source(arena, p);
    }
}

static struct pl_lock_package random_package(struct pl_arena *arena)
{
    struct pl_lock_package p = {.name = PICK(names)};
    for (unsigned part = 0; part < 7; part++)
        random_part(arena, &p, part);
    return p;
}

static void random_packages(struct pl_arena *arena, struct pl_lock *lock)
{
    lock->packages = pl_new_array(arena, struct pl_lock_package, MOST + 2);
    lock->package_count = draw(MOST);
    for (size_t i = 0; i < lock->package_count; i++)
        lock->packages[i] = random_package(arena);
}

static void random_facts(struct pl_arena *arena, struct pl_lock *lock)
{
    lock->provided = pl_new_array(arena, struct pl_lock_provided, MOST);
    lock->provided_count = draw(3);
    for (size_t i = 0; i < lock->provided_count; i++) {
        struct pl_lock_provided *row = &lock->provided[i];
        row->name = PICK(names);
        row->version = PICK(facts);
        row->via = STRS(asking, &row->via_count);
    }
    lock->replaced = pl_new_array(arena, struct pl_lock_replaced, MOST);
    lock->replaced_count = draw(3);
    for (size_t i = 0; i < lock->replaced_count; i++)
        lock->replaced[i] = (struct pl_lock_replaced){.name = PICK(names),
                                                      .from = PICK(facts),
                                                      .to = PICK(facts),
                                                      .because = PICK(words),
                                                      .is_os = !draw(4)};
}

static void random_keys(struct pl_arena *arena, struct pl_lock *lock)
{
    static const char *const ignored[] = {"numpy2-pandas", "b-a", "x"};
    lock->version = draw(5) ? PL_STR("1.0") : PL_STR("1.1");
    lock->created_by = PICK(words);
    lock->requires_python = PICK(words);
    lock->is_foreign = !draw(5);
    lock->template_id = PICK(words);
    lock->template_digest = PICK(words);
    lock->rules_edition = PICK(words);
    lock->environments = STRS(words, &lock->environment_count);
    lock->extras = STRS(words, &lock->extra_count);
    lock->groups = STRS(words, &lock->group_count);
    lock->default_groups = STRS(words, &lock->default_group_count);
    lock->has_extras = lock->extra_count || draw(2);
    lock->has_groups = lock->group_count || draw(2);
    lock->has_default_groups = lock->default_group_count || draw(2);
    lock->arguments = STRS(words, &lock->argument_count);
    lock->broken = STRS(words, &lock->broken_count);
    lock->ignored_rules = STRS(ignored, &lock->ignored_rule_count);
    lock->download = draw(4) ? draw(3) : UINT64_MAX;
    lock->others = others(arena);
    lock->tools = others(arena);
    lock->podlock_keys = others(arena);
}

static void random_inputs(struct pl_arena *arena, struct pl_lock *lock)
{
    static const char *const inputs[] = {"r.in", "p.toml", "c.txt"};
    lock->inputs = pl_new_array(arena, struct pl_lock_input, MOST);
    lock->input_count = draw(MOST);
    for (size_t i = 0; i < lock->input_count; i++)
        lock->inputs[i] = (struct pl_lock_input){PICK(inputs), PICK(hashes)};
}

static void random_lock(struct pl_arena *arena, struct pl_lock *lock)
{
    *lock = (struct pl_lock){.with_via = true};
    random_packages(arena, lock);
    random_facts(arena, lock);
    random_keys(arena, lock);
    random_inputs(arena, lock);
}

/* The same lock again, but for a few things. */
static void change_a_little(struct pl_arena *arena, struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (!draw(2))
            random_part(arena, &lock->packages[i], draw(7));
    if (!draw(3))
        lock->packages[lock->package_count++] = random_package(arena);
    if (lock->package_count && !draw(3))
        lock->packages[0] = lock->packages[--lock->package_count];
    if (!draw(3))
        random_facts(arena, lock);
    if (!draw(4))
        random_keys(arena, lock);
    if (!draw(4))
        random_inputs(arena, lock);
}

/* ---- what else is given ---- */

static const struct pl_template *random_template(struct pl_arena *arena)
{
    struct pl_template *t = pl_new(arena, struct pl_template);
    struct pl_fact *list = pl_new_array(arena, struct pl_fact, 3);
    static const char *const sorted[] = {"a", "numpy", "torch"};
    t->facts = list;
    t->env.python_full = PICK(facts);
    t->cuda = PICK(facts);
    for (size_t i = 0; i < PL_COUNT(sorted); i++) {
        struct pl_fact fact = {.name = pl_str_from(sorted[i])};
        if (draw(2) &&
            pl_version_parse(arena, PICK(facts), &fact.version, NULL))
            list[t->fact_count++] = fact;
    }
    return t;
}

static void random_texts(struct pl_arena *arena, struct pl_diff_side *side)
{
    static const char *const texts[] = {
        "a\nnumpy<2 # x\n", "numpy<3\na\npandas\n", "-r x\n\\\n", "['a', \"b"};
    static const char *const inputs[] = {"r.in", "p.toml"};
    const struct pl_source **list =
        pl_new_array(arena, const struct pl_source *, 2);
    for (size_t i = 0; i < 2; i++)
        list[i] =
            pl_source_from_text(arena, pl_str_from(inputs[i]), PICK(texts));
    side->inputs = list;
    side->input_count = draw(3);
}

static const struct pl_abi_rules *read_rules(struct pl_arena *arena)
{
    static const char text[] =
        "[[rule]]\nid = \"numpy2-pandas\"\npackage = \"pandas\"\n"
        "versions = \"<2\"\nconflicts = \"numpy>=2\"\nseverity = \"import\"\n"
        "reason = \"r\"\nevidence = \"e\"\nstatus = \"tested\"\n"
        "[[rule]]\nid = \"b-a\"\npackage = \"b\"\nversions = \">=1\"\n"
        "requires = \"a>=1.1\"\nseverity = \"call\"\nreason = \"s\"\n"
        "evidence = \"e\"\nstatus = \"reported\"\n";
    struct pl_abi_rules *rules = pl_new(arena, struct pl_abi_rules);
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("rules"), pl_str_from(text));
    if (!pl_abi_parse(arena, source, rules, &err)) {
        fprintf(stderr, "%.*s\n", PL_STR_ARG(err.message));
        abort();
    }
    return rules;
}

/* ---- the test ---- */

struct tally {
    size_t fields[PL_DIFF_FIELDS], kinds[PL_DIFF_KINDS];
    size_t groups[PL_DIFF_GROUPS], reasons[PL_DIFF_BY_NOTHING + 1];
    size_t applied;
};

static uint64_t seed;

static void tell_seed(int number)
{
    char text[40];
    int len = snprintf(text, sizeof(text), "seed %" PRIu64 "\n", seed);
    if (write(STDERR_FILENO, text, (size_t)len) != len)
        _exit(1);
    signal(number, SIG_DFL);
    raise(number);
}

static void count(struct tally *tally, const struct pl_diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        tally->kinds[change->kind]++;
        tally->groups[change->group]++;
        for (size_t k = 0; k < change->value_count; k++)
            tally->fields[change->values[k].field]++;
        for (size_t k = 0; k < change->reason_count; k++)
            tally->reasons[change->reasons[k].kind]++;
    }
}

static void try_pair(struct tally *tally)
{
    PL_ARENA(arena);
    struct pl_lock old, new;
    struct pl_diff_given given = {.old = {.lock = &old}, .new = {.lock = &new}};
    random_state = seed * 2 + 1;
    random_lock(&arena, &old);
    random_state = seed * 2 + 1;
    random_lock(&arena, &new);
    random_state += seed;
    if (draw(3))
        change_a_little(&arena, &new);
    else
        random_lock(&arena, &new);
    pl_lock_sort(&old);
    pl_lock_sort(&new);
    if (draw(2))
        given.rules = read_rules(&arena);
    if (draw(2))
        given.old.facts = random_template(&arena);
    if (draw(2))
        given.new.facts = random_template(&arena);
    random_texts(&arena, &given.old);
    random_texts(&arena, &given.new);
    tally->applied += !lock_has_ties(&old) && !lock_has_ties(&new);
    struct pl_diff diff = lock_diff_checked(&arena, &given);
    count(tally, &diff);
}

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

/* What was never seen was never tried. */
static int unseen(const char *what, const size_t *counts, size_t len)
{
    int wrong = 0;
    for (size_t i = 0; i < len; i++)
        if (!counts[i]) {
            printf("%s %zu was never seen\n", what, i);
            wrong = 1;
        }
    return wrong;
}

int main(void)
{
    struct tally tally = {0};
    uint64_t first = setting("PODLOCK_RANDOM_SEED", 1);
    uint64_t pairs = setting("PODLOCK_RANDOM_COUNT", USUAL_COUNT);
    signal(SIGABRT, tell_seed);
    for (seed = first; seed < first + pairs; seed++)
        try_pair(&tally);
    /* A model of a file's lock has no extras that were asked for. */
    tally.fields[PL_DIFF_REQUESTED_EXTRA]++;
    printf("%" PRIu64 " pairs, %zu applied\n", pairs, tally.applied);
    if (pairs < USUAL_COUNT)
        return 0;
    return unseen("field", tally.fields, PL_DIFF_FIELDS) |
           unseen("kind", tally.kinds, PL_DIFF_KINDS) |
           unseen("group", tally.groups, PL_DIFF_GROUPS) |
           unseen("reason", tally.reasons, PL_DIFF_BY_NOTHING + 1) |
           (tally.applied < pairs / 2);
}
