#include "container/preflight_internal.h"

#include "container/facts_protect.h"

/* ---- is it the image's? ---- */

/* "cu128" of the version that the image had. */
static bool had_cuda(const struct pl_preflight *p,
                     const struct pl_expected *expected)
{
    if (expected)
        return pl_str_starts(expected->version.local, "cu") ||
               (p->q->template && p->q->template->cuda.len);
    return p->c->cuda.len || pl_python_has(p->python, PL_STR("triton"));
}

/* The line that brings this version back; empty: no index has it. */
static void cure(struct pl_preflight *p, const struct pl_expected *e,
                 struct pl_finding *finding)
{
    const struct pl_template *t = p->q->template;
    struct pl_str pip = pl_preflight_pip(p), label = e->version.local;
    if (!e->has_version || pl_version_is_vendors(&e->version)) {
        finding->told.hint = PL_STR("start from the image again: no index has "
                                    "this version");
        return;
    }
    struct pl_str pin =
        pl_arena_printf(p->arena, "%.*s==%.*s", PL_STR_ARG(e->name),
                        PL_STR_ARG(pl_version_text(p->arena, &e->version)));
    bool of_torch = pl_torch_family_find(p->q->family, e->name) != NULL;
    struct pl_str variant =
        t && t->torch_variant.len ? t->torch_variant : label;
    if (of_torch && variant.len)
        pl_error_hint(&finding->told,
                      "%.*s install --no-deps --index-url "
                      "https://download.pytorch.org/whl/%.*s %.*s",
                      PL_STR_ARG(pip), PL_STR_ARG(variant), PL_STR_ARG(pin));
    else
        pl_error_hint(&finding->told, "%.*s install --no-deps %.*s",
                      PL_STR_ARG(pip), PL_STR_ARG(pin));
}

static struct pl_str told_by(const struct pl_preflight *p,
                             const struct pl_expected *e)
{
    if (e->from == PL_EXPECT_LOCK)
        return PL_STR("the lock installs");
    return e->fact && p->q->template ? PL_STR("the image had")
                                     : PL_STR("the lock relies on");
}

static void check_replaced(struct pl_preflight *p, const struct pl_expected *e,
                           const struct pl_installed *row)
{
    bool is_cpu =
        pl_str_is(e->name, "torch") && pl_str_is(p->build.backend, "cpu");
    enum pl_preflight_rule rule =
        is_cpu && had_cuda(p, e) ? PL_PF103_CPU : PL_PF101_REPLACED;
    struct pl_str by = told_by(p, e);
    struct pl_finding *f =
        pl_preflight_add(p, rule, e->name, "%.*s is %.*s; %.*s %.*s",
                         PL_STR_ARG(e->name), PL_STR_ARG(row->version_text),
                         PL_STR_ARG(by), PL_STR_ARG(e->version.text));
    pl_error_because(&f->told, rule == PL_PF103_CPU
                                   ? "a build without CUDA does not see the GPU"
                                   : "a later install replaced what the image "
                                     "was built around");
    cure(p, e, f);
}

static void check_protected(struct pl_preflight *p)
{
    for (size_t i = 0; i < p->expected.len; i++) {
        const struct pl_expected *e = p->expected.entries[i].value;
        const struct pl_installed *row = pl_python_has(p->python, e->name);
        if (!e->locked || e->from == PL_EXPECT_LOCK)
            continue;
        if (row && !pl_preflight_is(e, row))
            check_replaced(p, e, row);
        if (row)
            continue;
        struct pl_str by = told_by(p, e);
        struct pl_finding *f = pl_preflight_add(
            p, PL_PF102_GONE, e->name, "%.*s is not installed; %.*s %.*s",
            PL_STR_ARG(e->name), PL_STR_ARG(by), PL_STR_ARG(e->version.text));
        cure(p, e, f);
    }
}

/* Where nothing says what was there, the image's CUDA does. */
static void check_cpu(struct pl_preflight *p)
{
    if (!p->torch || pl_preflight_expected(p, PL_STR("torch")) ||
        !pl_str_is(p->build.backend, "cpu") || !had_cuda(p, NULL))
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF103_CPU, PL_STR("torch"), "torch is %.*s, a build without CUDA",
        PL_STR_ARG(p->torch->version_text));
    if (p->c->cuda.len)
        pl_error_because(&f->told, "the image has CUDA %.*s (%.*s)",
                         PL_STR_ARG(p->c->cuda), PL_STR_ARG(p->c->cuda_from));
    pl_error_hint(&f->told,
                  "%.*s install --force-reinstall --index-url "
                  "https://download.pytorch.org/whl/cuXXX torch==X",
                  PL_STR_ARG(pl_preflight_pip(p)));
}

/* ---- companions ---- */

static const struct pl_requirement *
asks_other_torch(const struct pl_preflight *p, const struct pl_installed *row)
{
    for (size_t i = 0; i < row->require_count; i++) {
        const struct pl_requirement *r = &row->requires[i];
        bool applies =
            !r->marker ||
            (p->has_env && pl_marker_eval(r->marker, &p->env, PL_STR("")));
        if (applies && pl_str_is(r->name, "torch") &&
            !pl_specifier_match(&r->specifier, &p->torch->version))
            return r;
    }
    return NULL;
}

static void check_companion(struct pl_preflight *p,
                            const struct pl_installed *row)
{
    struct pl_str torch = p->torch->version.local;
    struct pl_str label = row->version.local;
    const struct pl_requirement *asks = asks_other_torch(p, row);
    bool differs = torch.len && label.len && !pl_str_eq(torch, label);
    if (!differs && !asks)
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF104_COMPANION, row->name, "%.*s is %.*s and torch is %.*s",
        PL_STR_ARG(row->name), PL_STR_ARG(row->version_text),
        PL_STR_ARG(p->torch->version_text));
    if (asks)
        pl_error_because(&f->told, "it requires %.*s", PL_STR_ARG(asks->text));
    else
        pl_error_because(&f->told, "their libraries are of two builds: import "
                                   "fails, or operators are missing");
    const struct pl_expected *e = pl_preflight_expected(p, row->name);
    if (e && !pl_preflight_is(e, row)) {
        cure(p, e, f);
        return;
    }
    const struct pl_expected *torch_was =
        pl_preflight_expected(p, PL_STR("torch"));
    if (e && torch_was && !pl_preflight_is(torch_was, p->torch))
        f->told.hint = PL_STR("put torch back as above: this one is right");
    else
        pl_error_hint(&f->told, "install the %.*s that is built for torch %.*s",
                      PL_STR_ARG(row->name),
                      PL_STR_ARG(p->torch->version_text));
}

static void check_companions(struct pl_preflight *p)
{
    const struct pl_torch_family *family = p->q->family;
    if (!p->torch || !p->torch->has_version ||
        pl_version_is_vendors(&p->torch->version))
        return;
    for (size_t i = 0; i < family->count; i++) {
        const struct pl_installed *row =
            pl_python_has(p->python, family->projects[i].name);
        if (row && row->has_version && family->projects[i].companion)
            check_companion(p, row);
    }
}

/* ---- one CUDA ---- */

/* Two of these side by side are two stacks; NCCL alone may be another's. */
static const char *const libraries[] = {
    "nvidia-cublas",   "nvidia-cuda-nvrtc", "nvidia-cuda-runtime",
    "nvidia-cudnn",    "nvidia-cufft",      "nvidia-curand",
    "nvidia-cusolver", "nvidia-cusparse",
};

/* "12" of nvidia-cublas-cu12, and of nvidia-cublas 13.0.0.19 "13". */
static unsigned cuda_of(const struct pl_installed *row, const char *library)
{
    struct pl_str end = pl_str_sub(row->name, strlen(library), row->name.len);
    uint64_t major = 0;
    if (pl_str_starts(end, "-cu") &&
        pl_str_to_u64(pl_str_sub(end, 3, end.len), &major) && major < 100)
        return (unsigned)major;
    bool counts = pl_str_is(row->name, "nvidia-cublas") ||
                  pl_str_is(row->name, "nvidia-cuda-nvrtc") ||
                  pl_str_is(row->name, "nvidia-cuda-runtime");
    return counts && row->has_version && row->version.release[0] < 100
               ? (unsigned)row->version.release[0]
               : 0;
}

/* The first library of each CUDA; one that the image had so counts as none. */
static void find_cudas(const struct pl_preflight *p,
                       const struct pl_installed *first[100])
{
    for (size_t i = 0; i < p->python->by_name.len; i++) {
        const struct pl_installed *row =
            pl_python_has(p->python, p->python->by_name.entries[i].key);
        for (size_t k = 0; k < PL_COUNT(libraries); k++) {
            if (!pl_str_starts(row->name, libraries[k]))
                continue;
            unsigned cuda = cuda_of(row, libraries[k]);
            if (cuda &&
                (!first[cuda] || pl_str_cmp(row->name, first[cuda]->name) < 0))
                first[cuda] = row;
        }
    }
}

/* Who requires the name; NULL: nobody says so. */
static const struct pl_installed *asker(const struct pl_preflight *p,
                                        struct pl_str name)
{
    const struct pl_installed_list *all = &p->python->installed;
    for (size_t i = 0; i < all->rows.len; i++)
        for (size_t k = 0; k < all->rows.at[i].require_count; k++)
            if (pl_str_eq(all->rows.at[i].requires[k].name, name))
                return &all->rows.at[i];
    return NULL;
}

static unsigned cuda_of_torch(const struct pl_preflight *p)
{
    uint64_t major;
    struct pl_str label = p->build.backend;
    return pl_str_starts(label, "cu") &&
                   pl_str_to_u64(pl_str_sub(label, 2, 4), &major)
               ? (unsigned)major
               : 0;
}

static bool was_there(const struct pl_preflight *p,
                      const struct pl_installed *row)
{
    const struct pl_expected *e = pl_preflight_expected(p, row->name);
    return e && e->fact && pl_preflight_is(e, row);
}

static void tell_cudas(struct pl_preflight *p, const struct pl_installed *own,
                       const struct pl_installed *other)
{
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF105_TWO_CUDAS, other->name,
        "two CUDA stacks: %.*s %.*s beside %.*s %.*s", PL_STR_ARG(other->name),
        PL_STR_ARG(other->version_text), PL_STR_ARG(own->name),
        PL_STR_ARG(own->version_text));
    const struct pl_installed *by = asker(p, other->name);
    if (by && p->torch)
        pl_error_because(&f->told,
                         "%.*s %.*s requires it; torch %.*s uses the other",
                         PL_STR_ARG(by->name), PL_STR_ARG(by->version_text),
                         PL_STR_ARG(p->torch->version_text));
    else
        pl_error_because(&f->told,
                         "nothing installed requires it: it is left over");
    pl_error_hint(&f->told, "%.*s uninstall %.*s, and the others of that CUDA",
                  PL_STR_ARG(pl_preflight_pip(p)), PL_STR_ARG(other->name));
}

static void check_cudas(struct pl_preflight *p)
{
    const struct pl_installed *first[100] = {NULL};
    unsigned own = cuda_of_torch(p);
    find_cudas(p, first);
    for (unsigned i = 0; !own && i < PL_COUNT(first); i++)
        own = first[i] ? i : 0;
    for (unsigned i = 0; i < PL_COUNT(first); i++)
        if (first[i] && i != own && first[own] && !was_there(p, first[i]))
            tell_cudas(p, first[own], first[i]);
}

/* ---- the driver ---- */

static void check_driver(struct pl_preflight *p)
{
    const struct pl_preflight_machine *m = p->q->machine;
    const struct pl_gpu_driver *needs =
        pl_gpu_driver_of(p->q->gpu, p->build.backend);
    struct pl_version has;
    if (!p->torch || !m->driver.len || !needs ||
        !pl_version_parse(p->arena, m->driver, &has, NULL))
        return;
    p->out->checks++;
    if (pl_version_cmp(&has, &needs->linux_driver) >= 0)
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF106_DRIVER, PL_STR("torch"),
        "driver %.*s is too old for torch %.*s", PL_STR_ARG(m->driver),
        PL_STR_ARG(p->torch->version_text));
    pl_error_because(&f->told, "CUDA %llu needs %.*s or newer (%.*s)",
                     (unsigned long long)needs->cuda,
                     PL_STR_ARG(needs->linux_driver.text),
                     PL_STR_ARG(m->driver_from));
    f->told.hint =
        PL_STR("rent a machine with a newer driver, or take an image "
               "of an older CUDA: podlock templates");
}

void pl_preflight_torch(struct pl_preflight *p)
{
    check_protected(p);
    check_cpu(p);
    check_companions(p);
    check_cudas(p);
    check_driver(p);
    p->out->checks += p->torch ? 5 : 3;
}
