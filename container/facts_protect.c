#include "container/facts_protect.h"

#include "core/limits.h"
#include "core/vec.h"

/* A package that torch requires, and with which of its extras. */
struct step {
    struct pl_fact *fact;
    struct pl_str extra;
};

struct protector {
    struct pl_arena *arena;
    const struct pl_env *env;
    const struct pl_torch_family *family;
    struct pl_fact *facts;
    size_t count;
    PL_VEC(struct step) steps; /* done and to do, in their order */
};

static struct pl_fact *find(const struct protector *p, struct pl_str name)
{
    const struct pl_template t = {.facts = p->facts, .fact_count = p->count};
    const struct pl_fact *fact = pl_template_fact(&t, name);
    return fact ? &p->facts[fact - p->facts] : NULL;
}

static void lock(struct pl_fact *fact)
{
    if (fact->protect != PL_PROTECT_OS)
        fact->protect = PL_PROTECT_LOCKED;
}

/* ---- the kinds ---- */

static bool is_triton(const struct protector *p, struct pl_str name)
{
    const struct pl_torch_project *project =
        pl_torch_family_find(p->family, name);
    return pl_str_is(name, "triton") || (project && !project->pypi);
}

static bool is_family(const struct protector *p, struct pl_str name)
{
    const struct pl_torch_project *project =
        pl_torch_family_find(p->family, name);
    return pl_str_is(name, "torch") || is_triton(p, name) ||
           (project && project->companion);
}

static bool is_cuda(struct pl_str name)
{
    return pl_str_starts(name, "nvidia-") || pl_str_starts(name, "cuda-");
}

bool pl_version_is_vendors(const struct pl_version *version)
{
    return version->pre == PL_PRE_A && !version->pre_number &&
           !version->has_dev && !version->has_post && version->local.len;
}

/* ---- what torch requires ---- */

static void add_step(struct protector *p, struct pl_fact *fact,
                     struct pl_str extra)
{
    if (p->steps.len == PL_MAX_TORCH_STEPS)
        return;
    for (size_t i = 0; i < p->steps.len; i++)
        if (p->steps.at[i].fact == fact &&
            pl_str_eq(p->steps.at[i].extra, extra))
            return;
    pl_vec_push(p->arena, &p->steps, (struct step){fact, extra});
}

static void follow(struct protector *p, const struct pl_requirement *wanted)
{
    struct pl_fact *fact = find(p, wanted->name);
    if (!fact || !(is_cuda(fact->name) || is_triton(p, fact->name)))
        return;
    lock(fact);
    add_step(p, fact, PL_STR(""));
    for (uint32_t i = 0; i < wanted->extra_count; i++)
        add_step(p, fact, wanted->extras[i]);
}

static void lock_required(struct protector *p, struct pl_fact *torch)
{
    add_step(p, torch, PL_STR(""));
    for (size_t i = 0; i < p->steps.len; i++) {
        struct step step = p->steps.at[i];
        for (size_t k = 0; k < step.fact->require_count; k++) {
            const struct pl_requirement *wanted = &step.fact->requires[k];
            if (!wanted->marker ||
                pl_marker_eval(wanted->marker, p->env, step.extra))
                follow(p, wanted);
        }
    }
}

/* ---- when that is not known ---- */

/* "12" of "-cu12" at the end of a name, and of a label "cu128". */
static struct pl_str cuda_of_name(struct pl_str name)
{
    size_t dash = pl_str_rfind(name, '-');
    struct pl_str end = pl_str_sub(name, dash + 1, name.len);
    return pl_str_starts(end, "cu") && end.len == 4 && pl_is_digit(end.at[2])
               ? pl_str_sub(end, 2, 4)
               : (struct pl_str){0};
}

static struct pl_str cuda_of_torch(const struct pl_version *torch)
{
    struct pl_str label = torch->local;
    return pl_str_starts(label, "cu") ? pl_str_sub(label, 2, 4)
                                      : (struct pl_str){0};
}

static void lock_by_name(struct protector *p, const struct pl_fact *torch)
{
    struct pl_str cuda = cuda_of_torch(&torch->version);
    for (size_t i = 0; i < p->count; i++) {
        struct pl_str name = p->facts[i].name, other = cuda_of_name(name);
        bool is_other = cuda.len && other.len && !pl_str_eq(cuda, other);
        if (is_cuda(name) && !pl_str_is(name, "nvidia-ml-py") && !is_other)
            lock(&p->facts[i]);
    }
}

/* ---- the whole ---- */

static void treat_vendors(struct pl_arena *arena, struct pl_fact *fact)
{
    struct pl_str text = fact->version.text;
    /* an alpha may be spelt in other ways, which no vendor does */
    size_t end = pl_str_find_str(text, PL_STR("a0+"));
    fact->has_treat_as =
        end < text.len && pl_version_parse(arena, pl_str_sub(text, 0, end),
                                           &fact->treat_as, NULL);
}

void pl_facts_protect(struct pl_arena *arena, const struct pl_env *env,
                      const struct pl_torch_family *family,
                      struct pl_fact *facts, size_t count, bool *by_name)
{
    struct protector p = {.arena = arena,
                          .env = env,
                          .family = family,
                          .facts = facts,
                          .count = count};
    struct pl_fact *torch = find(&p, PL_STR("torch"));
    bool is_vendors = torch && pl_version_is_vendors(&torch->version);
    *by_name = torch && !torch->requires_known;
    for (size_t i = 0; i < count; i++)
        if (is_family(&p, facts[i].name) ||
            (is_vendors && facts[i].version.local.len))
            lock(&facts[i]);
    if (torch && torch->requires_known)
        lock_required(&p, torch);
    else if (torch)
        lock_by_name(&p, torch);
    for (size_t i = 0; i < count; i++)
        if (facts[i].protect == PL_PROTECT_LOCKED &&
            pl_version_is_vendors(&facts[i].version))
            treat_vendors(arena, &facts[i]);
}
