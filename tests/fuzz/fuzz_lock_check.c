/*
 * Checking a stranger's lock against a bare Python and against a template:
 * whatever stands there, each finding has a place in it and can be shown, and
 * the same lock is found wrong for the same reasons.
 */
#include "core/limits.h"
#include "lockfmt/lock_check.h"
#include "lockfmt/lock_read.h"
#include "tests/fuzz/fuzz.h"

static const char facts[] =
    "podlock-template = 1\nid = \"t\"\ntitle = \"t\"\n"
    "[environment]\npython = \"3.12\"\nglibc = \"2.39\"\narch = \"x86_64\"\n"
    "[[package]]\nname = \"torch\"\nversion = \"2.8.0+cu128\"\n"
    "protect = \"locked\"\nrequires = [\"numpy[x]\", \"jinja2>=3\"]\n"
    "[[package]]\nname = \"numpy\"\nversion = \"2.1.2\"\nprotect = \"keep\"\n"
    "requires = [\"pandas; extra == 'x'\"]\n"
    "[[package]]\nname = \"jinja2\"\nversion = \"3.1.4\"\nprotect = \"os\"\n"
    "requires = []\n";

struct world {
    struct pl_arena *arena;
    struct pl_template template;
    struct pl_torch_family family;
    struct pl_abi_rules rules;
    const struct pl_abi_rule **rule_list;
    struct pl_asked asked;
};

static void make_world(struct world *w)
{
    const struct pl_source *source =
        pl_source_from_text(w->arena, PL_STR("t.toml"), pl_str_from(facts));
    PL_FUZZ_WANT(pl_template_parse(w->arena, source, &w->template, NULL));
    PL_FUZZ_WANT(pl_torch_family_load(w->arena, &w->family, NULL));
    PL_FUZZ_WANT(pl_abi_load(w->arena, (struct pl_str){0}, &w->rules, NULL));
    w->rule_list =
        pl_new_array(w->arena, const struct pl_abi_rule *, w->rules.count);
    for (size_t i = 0; i < w->rules.count; i++)
        w->rule_list[i] = &w->rules.rules[i];
    w->asked.where = PL_STR("r.in:1");
    PL_FUZZ_WANT(pl_requirement_parse(w->arena, PL_STR("pandas[a,b]>=1"),
                                      &w->asked.req, NULL));
}

static struct pl_problem make_problem(struct world *w, bool is_bare)
{
    return (struct pl_problem){
        .arena = w->arena,
        .env = w->template.env,
        .tags = pl_tags_make(w->arena, &w->template.env),
        .template = is_bare ? NULL : &w->template,
        .rules = w->rule_list,
        .rule_count = w->rules.count,
        .family = &w->family,
        .asked = &w->asked,
        .asked_count = 1,
    };
}

static void show(const struct pl_lock_findings *found)
{
    for (size_t i = 0; i < found->list.len; i++) {
        PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
        const struct pl_error *told = &found->list.at[i].told;
        PL_FUZZ_WANT(told->code == PL_ERR_NO && told->message.len);
        PL_FUZZ_WANT(pl_lock_trouble_name(found->list.at[i].trouble));
        pl_error_print(told, "error", false, &shown);
    }
}

static struct pl_lock_findings check(struct world *w,
                                     const struct pl_lock *lock, bool is_bare)
{
    struct pl_lock_findings found = {.arena = w->arena};
    struct pl_problem problem = make_problem(w, is_bare);
    pl_lock_check_entries(lock, &found);
    pl_lock_check_template(lock, problem.template, &found);
    PL_FUZZ_WANT(pl_lock_check_answer(lock, &problem, &found, NULL));
    return found;
}

static void check_twice(struct world *w, const struct pl_lock *lock,
                        bool is_bare)
{
    struct pl_lock_findings a = check(w, lock, is_bare);
    struct pl_lock_findings b = check(w, lock, is_bare);
    show(&a);
    PL_FUZZ_WANT(a.list.len == b.list.len);
    for (size_t i = 0; i < a.list.len; i++)
        PL_FUZZ_WANT(
            pl_str_eq(a.list.at[i].told.message, b.list.at[i].told.message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_lock lock;
    struct pl_str text = pl_fuzz_text(data, size);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("pylock.toml"), text);
    if (!pl_lock_read(&arena, source, &lock, NULL, NULL))
        return 0;
    struct world w = {.arena = &arena};
    make_world(&w);
    check_twice(&w, &lock, true);
    check_twice(&w, &lock, false);
    return 0;
}
