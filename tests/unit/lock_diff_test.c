#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/lock_diff_check.h"

#define ROOM 8

/* Two locks with the same inputs, and what else is given of them. */
struct world {
    struct pl_arena *arena;
    struct pl_lock old, new;
    struct pl_template old_facts, new_facts;
    struct pl_diff_given given;
    struct pl_diff diff;
};

static void open_lock(struct pl_arena *arena, struct pl_lock *lock)
{
    *lock = (struct pl_lock){
        .template_id = PL_STR("image-1"),
        .template_digest = PL_STR("d1"),
        .packages = pl_new_array(arena, struct pl_lock_package, ROOM),
        .provided = pl_new_array(arena, struct pl_lock_provided, ROOM),
        .replaced = pl_new_array(arena, struct pl_lock_replaced, ROOM),
        .inputs = pl_new_array(arena, struct pl_lock_input, ROOM),
        .download = UINT64_MAX,
    };
    lock->inputs[lock->input_count++] =
        (struct pl_lock_input){PL_STR("r.in"), PL_STR("i1")};
}

static struct world *make_world(struct pl_arena *arena)
{
    struct world *w = pl_new(arena, struct world);
    w->arena = arena;
    w->given.old.lock = &w->old;
    w->given.new.lock = &w->new;
    open_lock(arena, &w->old);
    open_lock(arena, &w->new);
    return w;
}

static struct pl_lock_package *put(struct pl_arena *arena, struct pl_lock *lock,
                                   const char *name, const char *version,
                                   const char *via)
{
    struct pl_lock_package *p = &lock->packages[lock->package_count++];
    struct pl_str rest = pl_str_from(via), part;
    *p = (struct pl_lock_package){
        .name = pl_str_from(name),
        .version = pl_str_from(version),
        .via = pl_new_array(arena, struct pl_str, ROOM),
    };
    while (rest.len && pl_str_cut(&rest, ' ', &part))
        p->via[p->via_count++] = part;
    p->file.name = pl_arena_printf(arena, "%s-%s.whl", name, version);
    p->file.url =
        pl_arena_printf(arena, "https://host/%s-%s.whl", name, version);
    p->file.sha256 = pl_arena_printf(arena, "hash of %s %s", name, version);
    p->file.size = 1000;
    p->file.has_size = true;
    return p;
}

static void provide(struct pl_lock *lock, const char *name, const char *version)
{
    lock->provided[lock->provided_count++] = (struct pl_lock_provided){
        .name = pl_str_from(name), .version = pl_str_from(version)};
}

static void replace(struct pl_lock *lock, const char *name, const char *from,
                    const char *to, const char *because)
{
    lock->replaced[lock->replaced_count++] =
        (struct pl_lock_replaced){.name = pl_str_from(name),
                                  .from = pl_str_from(from),
                                  .to = pl_str_from(to),
                                  .because = pl_str_from(because)};
}

static void know(struct pl_arena *arena, struct pl_template *facts,
                 const char *name, const char *version)
{
    struct pl_fact *list =
        pl_new_array(arena, struct pl_fact, facts->fact_count + 1);
    for (size_t i = 0; i < facts->fact_count; i++)
        list[i] = facts->facts[i];
    list[facts->fact_count].name = pl_str_from(name);
    assert_true(pl_version_parse(arena, pl_str_from(version),
                                 &list[facts->fact_count].version, NULL));
    facts->facts = list;
    facts->fact_count++;
}

static void give_text(struct pl_arena *arena, struct pl_diff_side *side,
                      const char *name, const char *text)
{
    const struct pl_source **list =
        pl_new_array(arena, const struct pl_source *, ROOM);
    for (size_t i = 0; i < side->input_count; i++)
        list[i] = side->inputs[i];
    list[side->input_count++] =
        pl_source_from_text(arena, pl_str_from(name), pl_str_from(text));
    side->inputs = list;
}

static void run(struct world *w)
{
    pl_lock_sort(&w->old);
    pl_lock_sort(&w->new);
    w->diff = lock_diff_checked(w->arena, &w->given);
}

static const struct pl_diff_change *find(const struct world *w,
                                         const char *name)
{
    for (size_t i = 0; i < w->diff.count; i++)
        if (pl_str_is(w->diff.changes[i].name, name))
            return &w->diff.changes[i];
    fail_msg("no change of %s", name);
    return NULL;
}

static void want(const struct world *w, const char *name, const char *from,
                 const char *to, enum pl_diff_kind kind,
                 enum pl_diff_group group)
{
    const struct pl_diff_change *change = find(w, name);
    assert_string_equal(
        pl_arena_printf(w->arena, "%s %.*s -> %.*s %.*s in %.*s", name,
                        PL_STR_ARG(change->from), PL_STR_ARG(change->to),
                        PL_STR_ARG(pl_diff_kind_name(change->kind)),
                        PL_STR_ARG(pl_diff_group_name(change->group)))
            .at,
        pl_arena_printf(w->arena, "%s %s -> %s %.*s in %.*s", name, from, to,
                        PL_STR_ARG(pl_diff_kind_name(kind)),
                        PL_STR_ARG(pl_diff_group_name(group)))
            .at);
}

/* All its reasons, with " | " between. */
static void want_reasons(const struct world *w, const char *name,
                         const char *wanted)
{
    const struct pl_diff_change *change = find(w, name);
    struct pl_str all = PL_STR("");
    for (size_t i = 0; i < change->reason_count; i++)
        all = pl_arena_printf(
            w->arena, "%.*s%s%.*s", PL_STR_ARG(all), i ? " | " : "",
            PL_STR_ARG(pl_diff_reason_text(w->arena, &change->reasons[i])));
    assert_string_equal(all.len ? all.at : "", wanted);
}

/* ---- kinds and groups ---- */

static void test_versions(void **state)
{
    static const struct {
        const char *from, *to;
        enum pl_diff_kind kind;
        enum pl_diff_group group;
    } table[] = {
        {"1.2.3", "2.0", PL_DIFF_UPGRADED, PL_DIFF_MAJOR},
        {"1.2.3", "1.3", PL_DIFF_UPGRADED, PL_DIFF_MINOR},
        {"1.2.3", "1.2.4", PL_DIFF_UPGRADED, PL_DIFF_PATCH},
        {"1.2.3.4", "1.2.3.5", PL_DIFF_UPGRADED, PL_DIFF_PATCH},
        {"2.0", "1.9", PL_DIFF_DOWNGRADED, PL_DIFF_MAJOR},
        {"1.3", "1.2", PL_DIFF_DOWNGRADED, PL_DIFF_MINOR},
        {"1.0", "1!1.0", PL_DIFF_UPGRADED, PL_DIFF_MAJOR},
        {"2.0rc1", "2.0", PL_DIFF_UPGRADED, PL_DIFF_PATCH},
        {"2.0", "2.0rc1", PL_DIFF_DOWNGRADED, PL_DIFF_PATCH},
        {"1.0", "1.0+cu128", PL_DIFF_UPGRADED, PL_DIFF_PATCH},
        {"1", "1.0.0.1", PL_DIFF_UPGRADED, PL_DIFF_PATCH},
        {"9.0", "10.0", PL_DIFF_UPGRADED, PL_DIFF_MAJOR},
    };
    (void)state;
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct world *w = make_world(&arena);
        put(&arena, &w->old, "a", table[i].from, "r.in:1");
        put(&arena, &w->new, "a", table[i].to, "r.in:1");
        run(w);
        assert_int_equal(w->diff.count, 1);
        want(w, "a", table[i].from, table[i].to, table[i].kind, table[i].group);
    }
}

static void test_came_and_went(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "gone", "1", "r.in:1");
    put(&arena, &w->new, "new", "2", "r.in:1");
    run(w);
    want(w, "gone", "1", "", PL_DIFF_REMOVED, PL_DIFF_GONE);
    want(w, "new", "", "2", PL_DIFF_ADDED, PL_DIFF_NEW);
    assert_int_equal(find(w, "gone")->bytes, -1000);
    assert_int_equal(find(w, "new")->bytes, 1000);
    assert_int_equal(w->diff.before.bytes, 1000);
    assert_int_equal(w->diff.after.packages, 1);
}

/* ---- files ---- */

static struct pl_lock_package *same_version(struct pl_arena *arena,
                                            struct world **w)
{
    *w = make_world(arena);
    put(arena, &(*w)->old, "a", "1", "r.in:1");
    return put(arena, &(*w)->new, "a", "1", "r.in:1");
}

static void test_other_hash(void **state)
{
    PL_ARENA(arena);
    struct world *w;
    (void)state;
    same_version(&arena, &w)->file.sha256 = PL_STR("evil");
    run(w);
    want(w, "a", "1", "1", PL_DIFF_REBUILT, PL_DIFF_FILES);
    want_reasons(w, "a", "nothing in the locks says why");
    assert_string_equal(pl_diff_file_text(&arena, &find(w, "a")->files[0]).at,
                        "other hash");
}

static void test_other_host(void **state)
{
    PL_ARENA(arena);
    struct world *w;
    (void)state;
    same_version(&arena, &w)->file.url = PL_STR("https://mirror/a-1.whl");
    run(w);
    want(w, "a", "1", "1", PL_DIFF_RELOCATED, PL_DIFF_FILES);
    same_version(&arena, &w)->file.url = PL_STR("https://host/x/a-1.whl");
    run(w);
    want(w, "a", "1", "1", PL_DIFF_CHANGED, PL_DIFF_OTHER);
}

static void test_sdist(void **state)
{
    PL_ARENA(arena);
    struct world *w;
    struct pl_lock_package *p;
    (void)state;
    p = same_version(&arena, &w);
    p->file.name = PL_STR("a-1.tar.gz");
    p->file.is_sdist = true;
    p->file.sha256 = PL_STR("other");
    run(w);
    want(w, "a", "1", "1", PL_DIFF_REBUILT, PL_DIFF_FILES);
    assert_string_equal(pl_diff_file_text(&arena, &find(w, "a")->files[0]).at,
                        "wheel -> sdist, other hash, other name");
}

/* requirements.txt has hashes only, pip freeze not even these. */
static void test_without_names(void **state)
{
    PL_ARENA(arena);
    struct world *w;
    struct pl_lock_package *p;
    (void)state;
    p = same_version(&arena, &w);
    p->file = (struct pl_lock_file){.sha256 = PL_STR("hash of a 1")};
    run(w);
    want(w, "a", "1", "1", PL_DIFF_CHANGED, PL_DIFF_OTHER);
    p = same_version(&arena, &w);
    p->file = (struct pl_lock_file){.sha256 = PL_STR("evil")};
    run(w);
    want(w, "a", "1", "1", PL_DIFF_REBUILT, PL_DIFF_FILES);
    p = same_version(&arena, &w);
    p->file = (struct pl_lock_file){0};
    run(w);
    want(w, "a", "1", "1", PL_DIFF_CHANGED, PL_DIFF_OTHER);
}

static void test_weak_hash(void **state)
{
    static struct pl_lock_hash md5 = {{"md5", 3}, {"00", 2}};
    PL_ARENA(arena);
    struct world *w;
    (void)state;
    struct pl_lock_package *p = same_version(&arena, &w);
    w->old.packages[0].file.sha256 = p->file.sha256 = PL_STR("");
    w->old.packages[0].file.hashes = p->file.hashes = &md5;
    w->old.packages[0].file.hash_count = p->file.hash_count = 1;
    run(w);
    assert_int_equal(w->diff.count, 0);
    p->file.sha256 = PL_STR("ff");
    run(w);
    want(w, "a", "1", "1", PL_DIFF_REBUILT, PL_DIFF_FILES);
}

/* ---- torch and the template ---- */

static void test_torch_first(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    provide(&w->old, "torch", "2.8.0+cu128");
    provide(&w->new, "torch", "2.9.1+cu128");
    w->new.template_id = PL_STR("image-2");
    w->new.template_digest = PL_STR("d2");
    put(&arena, &w->old, "a", "1", "r.in:1");
    put(&arena, &w->new, "a", "2", "r.in:1");
    put(&arena, &w->new, "nvidia-cublas-cu12", "12.8", "torch");
    run(w);
    assert_true(pl_str_is(w->diff.changes[0].name, "template"));
    assert_true(pl_str_is(w->diff.changes[1].name, "torch"));
    assert_int_equal(w->diff.by_group[PL_DIFF_TORCH], 3);
    want(w, "torch", "2.8.0+cu128", "2.9.1+cu128", PL_DIFF_UPGRADED,
         PL_DIFF_TORCH);
    want_reasons(w, "torch", "the template is image-2 now");
    assert_true(pl_str_is(w->diff.torch_from, "2.8.0+cu128"));
    assert_int_equal(w->diff.torch_after, PL_DIFF_IN_TEMPLATE);
}

static void test_torch_installed(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    provide(&w->old, "torch", "2.8.0");
    put(&arena, &w->new, "torch", "2.8.0", "r.in:1");
    run(w);
    want(w, "torch", "2.8.0", "2.8.0", PL_DIFF_INSTALLED, PL_DIFF_TORCH);
    assert_int_equal(w->diff.torch_before, PL_DIFF_IN_TEMPLATE);
    assert_int_equal(w->diff.torch_after, PL_DIFF_IN_LOCK);
    assert_int_equal(find(w, "torch")->bytes, 1000);
}

/* No lock relies on torch, and still it is another one. */
static void test_facts(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    know(&arena, &w->old_facts, "numpy", "1.26.4");
    know(&arena, &w->old_facts, "torch", "2.4.0");
    know(&arena, &w->new_facts, "numpy", "2.0.0");
    know(&arena, &w->new_facts, "torch", "2.8.0");
    w->old_facts.cuda = PL_STR("12.4.1");
    w->new_facts.cuda = PL_STR("12.8.1");
    w->old_facts.env.python_full = w->new_facts.env.python_full =
        PL_STR("3.11.0");
    w->given.old.facts = &w->old_facts;
    w->given.new.facts = &w->new_facts;
    w->new.template_id = PL_STR("image-2");
    w->new.template_digest = PL_STR("d2");
    run(w);
    want(w, "torch", "2.4.0", "2.8.0", PL_DIFF_UPGRADED, PL_DIFF_TORCH);
    want(w, "cuda", "12.4.1", "12.8.1", PL_DIFF_CHANGED, PL_DIFF_TORCH);
    assert_int_equal(w->diff.count, 3);
}

static void test_replaced(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->new, "numpy", "2.0.2", "r.in:2");
    replace(&w->new, "numpy", "2.1.2", "2.0.2", "r.in:2 numpy<2.1");
    run(w);
    want(w, "numpy", "2.1.2", "2.0.2", PL_DIFF_DOWNGRADED, PL_DIFF_REPLACED);
    assert_int_equal(find(w, "numpy")->before.where, PL_DIFF_IN_TEMPLATE);
    want_reasons(w, "numpy", "r.in:2 numpy<2.1");
}

/* ---- ABI rules ---- */

static const struct pl_abi_rules *read_rules(struct pl_arena *arena)
{
    static const char text[] =
        "[[rule]]\nid = \"numpy2-pandas\"\npackage = \"pandas\"\n"
        "versions = \"<2.1.2\"\nconflicts = \"numpy>=2\"\n"
        "severity = \"import\"\nreason = \"built against NumPy 1\"\n"
        "evidence = \"e\"\nstatus = \"tested\"\n";
    struct pl_abi_rules *rules = pl_new(arena, struct pl_abi_rules);
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("rules"), pl_str_from(text));
    assert_true(pl_abi_parse(arena, source, rules, NULL));
    return rules;
}

static void test_rules(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    w->given.rules = read_rules(&arena);
    w->old.template_id = w->new.template_id = PL_STR("");
    put(&arena, &w->old, "pandas", "2.1.1", "r.in:1");
    put(&arena, &w->new, "pandas", "2.2.0", "r.in:1");
    put(&arena, &w->old, "numpy", "1.26.4", "pandas");
    put(&arena, &w->new, "numpy", "1.26.4", "pandas");
    run(w);
    want(w, "pandas", "2.1.1", "2.2.0", PL_DIFF_UPGRADED, PL_DIFF_ABI);
    assert_int_equal(w->diff.count, 1);
    assert_int_equal(w->diff.changes[0].rules[0].from, PL_DIFF_RULE_KEPT);
    assert_int_equal(w->diff.changes[0].rules[0].to, PL_DIFF_RULE_IDLE);
}

static void test_rule_broken(void **state)
{
    static struct pl_str ignored[] = {{"numpy2-pandas", 13}};
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    w->given.rules = read_rules(&arena);
    put(&arena, &w->old, "pandas", "2.1.1", "r.in:1");
    put(&arena, &w->new, "pandas", "2.1.1", "r.in:1");
    provide(&w->old, "numpy", "1.26.4");
    put(&arena, &w->new, "numpy", "2.0.0", "r.in:2");
    replace(&w->new, "numpy", "1.26.4", "2.0.0", "r.in:2 numpy>=2");
    w->new.ignored_rules = ignored;
    w->new.ignored_rule_count = 1;
    run(w);
    assert_int_equal(find(w, "numpy")->rules[0].to, PL_DIFF_RULE_BROKEN);
    want(w, "numpy", "1.26.4", "2.0.0", PL_DIFF_UPGRADED, PL_DIFF_REPLACED);
    want_reasons(w, "numpy",
                 "r.in:2 numpy>=2 | rule numpy2-pandas "
                 "is ignored now: built against NumPy 1");
    want(w, "ignored-rules", "", "numpy2-pandas", PL_DIFF_CHANGED,
         PL_DIFF_OTHER);
}

/* ---- why ---- */

static void test_parents(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "pandas", "2.1.4", "r.in:1");
    put(&arena, &w->new, "pandas", "2.2.0", "r.in:1");
    put(&arena, &w->old, "numpy", "1.26", "pandas");
    put(&arena, &w->new, "numpy", "2.0", "pandas still");
    put(&arena, &w->old, "still", "1", "r.in:1");
    put(&arena, &w->new, "still", "1", "r.in:1");
    put(&arena, &w->new, "tzdata", "2025", "pandas");
    put(&arena, &w->old, "six", "1.16", "old");
    put(&arena, &w->old, "old", "1", "r.in:3");
    run(w);
    want_reasons(w, "pandas",
                 "nothing asked for it: a newer version was taken");
    want_reasons(w, "numpy",
                 "still asks for it now | pandas 2.1.4 -> 2.2.0 asks for it");
    want_reasons(w, "tzdata", "pandas 2.1.4 -> 2.2.0 asks for it");
    want_reasons(w, "six", "old 1, removed, asked for it");
    want_reasons(w, "old", "r.in:3 asks for it no more");
}

static void test_lines(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "numpy", "2.0.2", "r.in:1");
    put(&arena, &w->new, "numpy", "2.2.0", "r.in:3");
    put(&arena, &w->old, "six", "1.16", "r.in:2");
    put(&arena, &w->new, "six", "1.17", "r.in:4");
    put(&arena, &w->old, "idna", "3.1", "p.toml:2");
    put(&arena, &w->new, "idna", "3.4", "p.toml:2");
    w->new.inputs[0].sha256 = PL_STR("i2");
    give_text(&arena, &w->given.old, "r.in", "numpy<2.1  # old\nsix\n");
    give_text(&arena, &w->given.new, "r.in", "# c\n\nNumPy<2.3 \\\nsix\n");
    give_text(&arena, &w->given.old, "p.toml",
              "[p]\nd = [\"a\", \"idna<3.2\"]");
    give_text(&arena, &w->given.new, "p.toml", "[p]\nd = [\"a\", \"idna<4\"]");
    run(w);
    want_reasons(w, "numpy", "r.in:3 numpy<2.1 -> NumPy<2.3");
    want_reasons(w, "six", "nothing asked for it: a newer version was taken");
    want_reasons(w, "idna", "p.toml:2 idna<3.2 -> idna<4");
}

/* A constraint asks for nothing, and binds the version all the same. */
static void test_constraint(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "six", "1.16", "old");
    put(&arena, &w->new, "six", "1.17", "old");
    give_text(&arena, &w->given.old, "c.txt", "six<1.17\n");
    give_text(&arena, &w->given.new, "c.txt", "six<2\n");
    run(w);
    want_reasons(w, "six", "c.txt:1 six<1.17 -> six<2");
}

/* Without the texts a line that only moved explains nothing. */
static void test_input(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "numpy", "2.0.2", "r.in:1");
    put(&arena, &w->new, "numpy", "2.2.0", "r.in:3");
    put(&arena, &w->old, "six", "1", "r.in:2");
    put(&arena, &w->new, "six", "1", "r.in:4");
    w->new.inputs[0].sha256 = PL_STR("i2");
    run(w);
    want_reasons(w, "numpy", "r.in, which asks for it, has changed");
    assert_true(find(w, "six")->is_quiet);
    assert_int_equal(w->diff.quiet, 1);
}

/* Locks of other tools say who needs whom, but not which line asks. */
static void test_foreign(void **state)
{
    static struct pl_str needs[] = {{"numpy", 5}};
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    w->old.is_foreign = w->new.is_foreign = true;
    for (int i = 0; i < 2; i++) {
        struct pl_lock *lock = i ? &w->new : &w->old;
        struct pl_lock_package *p =
            put(&arena, lock, "pandas", i ? "2.2.0" : "2.1.4", "");
        p->dependencies = needs;
        p->dependency_count = 1;
        put(&arena, lock, "numpy", i ? "2.0" : "1.26", "");
    }
    run(w);
    want_reasons(w, "numpy", "pandas 2.1.4 -> 2.2.0 asks for it");
}

/* A wheel for another Python: no parent chose it. */
static void test_other_python(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    w->old.requires_python = PL_STR("==3.11.*");
    w->new.requires_python = PL_STR("==3.12.*");
    put(&arena, &w->old, "aiohttp", "3", "r.in:1");
    put(&arena, &w->new, "aiohttp", "4", "r.in:1");
    put(&arena, &w->old, "yarl", "1", "aiohttp");
    put(&arena, &w->new, "yarl", "1", "aiohttp")->file = (struct pl_lock_file){
        .name = PL_STR("yarl-1-cp312.whl"), .sha256 = PL_STR("x")};
    run(w);
    want(w, "yarl", "1", "1", PL_DIFF_REBUILT, PL_DIFF_FILES);
    want_reasons(w, "yarl", "the lock is for another Python");
    w->new.template_id = PL_STR("image-2");
    run(w);
    want_reasons(w, "yarl", "the template is image-2 now");
}

/* What asks for a fact of the template. */
static void test_provided_via(void **state)
{
    static struct pl_str one[] = {{"r.in:1", 6}}, two[] = {{"x", 1}};
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    provide(&w->old, "torch", "2.8.0");
    provide(&w->new, "torch", "2.8.0");
    w->old.provided[0].via = one;
    w->new.provided[0].via = two;
    w->old.provided[0].via_count = w->new.provided[0].via_count = 1;
    run(w);
    assert_true(find(w, "torch")->is_quiet);
    want(w, "torch", "2.8.0", "2.8.0", PL_DIFF_CHANGED, PL_DIFF_OTHER);
    want_reasons(w, "torch", "r.in:1 asks for it no more | x asks for it now");
}

/* ---- several of one name ---- */

static void test_markers(void **state)
{
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    (void)state;
    put(&arena, &w->old, "numpy", "1.26", "r.in:1")->marker = PL_STR("old");
    put(&arena, &w->old, "numpy", "2.0", "r.in:1")->marker = PL_STR("new");
    put(&arena, &w->new, "numpy", "1.26", "r.in:1")->marker = PL_STR("old");
    put(&arena, &w->new, "numpy", "2.1", "r.in:1")->marker = PL_STR("new");
    put(&arena, &w->new, "numpy", "2.3", "r.in:1")->marker = PL_STR("newest");
    run(w);
    assert_int_equal(w->diff.count, 2);
    assert_int_equal(w->diff.by_kind[PL_DIFF_UPGRADED], 1);
    assert_int_equal(w->diff.by_kind[PL_DIFF_ADDED], 1);
    want(w, "numpy", "2.0", "2.1", PL_DIFF_UPGRADED, PL_DIFF_MINOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_came_and_went),
        cmocka_unit_test(test_other_hash),
        cmocka_unit_test(test_other_host),
        cmocka_unit_test(test_sdist),
        cmocka_unit_test(test_without_names),
        cmocka_unit_test(test_weak_hash),
        cmocka_unit_test(test_torch_first),
        cmocka_unit_test(test_torch_installed),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_rule_broken),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_constraint),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_other_python),
        cmocka_unit_test(test_provided_via),
        cmocka_unit_test(test_markers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
