#include "container/preflight_internal.h"

#include "pep/marker.h"
#include "pep/tags.h"
#include "pep/wheelname.h"

/* ---- Python, architecture, C library ---- */

static struct pl_str short_version(const struct pl_preflight *p)
{
    return p->has_env ? p->env.python_version : p->python->version;
}

static void tell_python(struct pl_preflight *p, struct pl_str wanted)
{
    struct pl_finding *f =
        pl_preflight_add(p, PL_PF401_PYTHON, PL_STR(""),
                         "Python is %.*s (%.*s); the lock is for %.*s",
                         PL_STR_ARG(p->python->version),
                         PL_STR_ARG(p->python->prefix), PL_STR_ARG(wanted));
    pl_error_because(&f->told, "its wheels are built for one Python");
    for (size_t i = 0; i < p->c->python_count; i++)
        if (pl_str_starts(p->c->pythons[i].version, "3") &&
            pl_str_find_str(wanted, pl_str_sub(p->c->pythons[i].version, 0,
                                               4)) < wanted.len) {
            pl_error_hint(&f->told, "podlock preflight --python %.*s",
                          PL_STR_ARG(p->c->pythons[i].prefix));
            return;
        }
    f->told.hint = PL_STR("use the image of the lock, or resolve for this one: "
                          "podlock resolve --template auto");
}

static void check_python(struct pl_preflight *p)
{
    const struct pl_lock *lock = p->q->lock;
    const struct pl_template *t = p->q->template;
    struct pl_specifier wanted;
    p->out->checks++;
    if (!p->has_env)
        return;
    if (lock && lock->requires_python.len &&
        pl_specifier_parse(p->arena, lock->requires_python, &wanted, NULL)) {
        if (!pl_env_allows_python(&p->env, &wanted))
            tell_python(p, lock->requires_python);
    } else if (t && !pl_str_eq(t->env.python_version, short_version(p))) {
        tell_python(p, t->env.python_version);
    }
}

/* The machine that the lock's own environment names, or its template. */
static bool is_for_machine(const struct pl_preflight *p, struct pl_str *wanted)
{
    const struct pl_lock *lock = p->q->lock;
    static const char *const machines[] = {"x86_64", "aarch64"};
    bool names_any = false;
    if (p->q->template) {
        *wanted = p->q->template->env.arch;
        return pl_str_eq(p->c->arch, *wanted);
    }
    for (size_t i = 0; lock && i < lock->environment_count; i++)
        for (size_t k = 0; k < PL_COUNT(machines); k++) {
            struct pl_str name = pl_str_from(machines[k]);
            if (pl_str_find_str(lock->environments[i], name) >=
                lock->environments[i].len)
                continue;
            if (pl_str_eq(name, p->c->arch))
                return true;
            names_any = true;
            *wanted = name;
        }
    return !names_any;
}

static void check_arch(struct pl_preflight *p)
{
    struct pl_str wanted = {0};
    p->out->checks++;
    if (!p->c->arch.len || is_for_machine(p, &wanted))
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF403_ARCH, PL_STR(""), "this is %.*s; the lock is for %.*s",
        PL_STR_ARG(p->c->arch), PL_STR_ARG(wanted));
    f->told.hint = PL_STR("resolve with a template of this architecture");
}

/* The first wheel of the lock that this C library is too old for. */
static const struct pl_lock_file *too_new(const struct pl_preflight *p,
                                          const struct pl_tags *tags)
{
    const struct pl_lock *lock = p->q->lock;
    for (size_t i = 0; lock && i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        struct pl_wheelname w;
        if (package->source == PL_LOCK_FILES && !package->file.is_sdist &&
            !package->more_count && pl_preflight_applies(p, package) &&
            pl_wheelname_parse(p->arena, package->file.name, &w, NULL) &&
            pl_tags_rank(tags, w.tags.python, w.tags.abi, w.tags.platform) ==
                PL_TAG_NONE)
            return &package->file;
    }
    return NULL;
}

static void tell_glibc(struct pl_preflight *p, const struct pl_lock_file *file)
{
    const struct pl_template *t = p->q->template;
    struct pl_finding *f =
        p->c->is_musl
            ? pl_preflight_add(p, PL_PF402_GLIBC, PL_STR(""),
                               "the C library is musl; torch's wheels need "
                               "glibc")
            : pl_preflight_add(p, PL_PF402_GLIBC, PL_STR(""),
                               "glibc is %.*s, older than the lock's wheels "
                               "need",
                               PL_STR_ARG(p->c->glibc));
    if (file)
        pl_error_because(&f->told, "%.*s does not fit", PL_STR_ARG(file->name));
    if (t)
        pl_error_hint(&f->told, "use the lock's image, %.*s (glibc %u.%u)",
                      PL_STR_ARG(t->id), t->env.glibc_major,
                      t->env.glibc_minor);
    else
        f->told.hint = PL_STR("resolve for this image: podlock resolve "
                              "--template auto");
}

/* Wheels of another Python do not fit either: that is told already. */
static void check_glibc(struct pl_preflight *p)
{
    const struct pl_template *t = p->q->template;
    const struct pl_lock_file *file = NULL;
    p->out->checks++;
    if (p->c->is_musl) {
        tell_glibc(p, NULL);
        return;
    }
    bool is_older = t && p->has_env && p->c->glibc.len && !t->glibc_assumed &&
                    (p->env.glibc_major < t->env.glibc_major ||
                     (p->env.glibc_major == t->env.glibc_major &&
                      p->env.glibc_minor < t->env.glibc_minor));
    bool is_known = p->has_env && p->c->glibc.len;
    if (t &&
        (!is_older || !pl_str_eq(t->env.python_version, p->env.python_version)))
        return;
    if (is_known)
        file = too_new(p, pl_tags_make(p->arena, &p->env));
    if (file && (t || pl_str_find_str(file->name, PL_STR("manylinux")) <
                          file->name.len))
        tell_glibc(p, file);
}

/* ---- the machine ---- */

static struct pl_str bytes(struct pl_preflight *p, uint64_t n)
{
    return pl_arena_printf(p->arena, "%.1f GB", (double)n / 1e9);
}

static uint64_t download_of(const struct pl_lock *lock)
{
    size_t unknown;
    return lock->download != UINT64_MAX && lock->download
               ? lock->download
               : pl_lock_bytes(lock, &unknown);
}

static void check_space(struct pl_preflight *p,
                        const struct pl_preflight_space *space, uint64_t needed,
                        const char *what, const char *hint)
{
    if (!space->path.len || space->free >= needed)
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF501_SPACE, PL_STR(""), "%.*s has %.*s free; %s needs %.*s",
        PL_STR_ARG(space->path), PL_STR_ARG(bytes(p, space->free)), what,
        PL_STR_ARG(bytes(p, needed)));
    pl_error_because(&f->told, "the lock's wheels are %.*s",
                     PL_STR_ARG(bytes(p, download_of(p->q->lock))));
    f->told.hint = pl_str_from(hint);
}

/* What is unpacked is not less than what was packed. */
static void check_spaces(struct pl_preflight *p)
{
    const struct pl_preflight_machine *m = p->q->machine;
    uint64_t needed = download_of(p->q->lock);
    bool is_one = m->site.path.len && m->temp.path.len &&
                  m->site.device == m->temp.device;
    p->out->checks++;
    if (is_one) {
        check_space(p, &m->site, 2 * needed, "download and install together",
                    "TMPDIR=/workspace/tmp, or a larger container disk");
        return;
    }
    check_space(p, &m->site, needed, "the install", "a larger container disk");
    check_space(p, &m->temp, needed, "the download",
                "mkdir -p /workspace/tmp && export TMPDIR=/workspace/tmp");
}

static void check_random(struct pl_preflight *p)
{
    struct pl_str wrong = p->q->machine->random_wrong;
    p->out->checks++;
    if (!wrong.len)
        return;
    struct pl_finding *f = pl_preflight_add(p, PL_PF502_RANDOM, PL_STR(""),
                                            "/dev/urandom cannot be read: %.*s",
                                            PL_STR_ARG(wrong));
    pl_error_because(&f->told,
                     "std::random_device and Python's os.urandom fail "
                     "at import");
    f->told.hint = PL_STR("start the container with --device /dev/urandom, or: "
                          "mknod -m 666 /dev/urandom c 1 9");
}

void pl_preflight_system(struct pl_preflight *p)
{
    if (p->q->lock || p->q->template) {
        check_python(p);
        check_arch(p);
        check_glibc(p);
    }
    if (p->is_before)
        check_spaces(p);
    check_random(p);
}
