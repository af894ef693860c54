#include "container/dockerfile_internal.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/marker.h"
#include "resolver/reqfile.h"

/* Names told of one command; more are counted. */
#define MAX_NAMES 3

/* Their releases ask for one torch each, by `torch==`. */
static const char *const exact_torch[] = {
    "fairseq2n", "fbgemm-gpu",  "sglang", "sgl-kernel", "torchaudio",
    "torchtext", "torchvision", "vllm",   "xformers",
};

/* Of nobody's concern, and without requirements. */
static const char *const tools[] = {
    "build", "hatchling", "packaging",      "pip",   "setuptools",
    "ninja", "cmake",     "setuptools-scm", "wheel", "uv",
};

/* One thing that a command asks for, by a word or by a line of a file. */
struct wanted {
    const struct pl_install_target *target; /* the word */
    struct pl_str name;
    const struct pl_requirement *requirement; /* NULL: not known */
    const struct pl_version *version;         /* of a wheel; or NULL */
    struct pl_str where;                      /* "requirements.txt:3"; empty */
};

struct judging {
    struct pl_docker_check *check;
    const struct pl_install *install;
    bool constrained;
    bool told; /* of a protected package, which is more than the rest */
    bool index_told, upgrade_told;
    struct pl_buf *unlocked; /* names that the lock does not have */
    size_t unlocked_count;
    struct pl_span unlocked_span;
};

static bool is_listed(struct pl_str name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pl_str_is(name, list[i]))
            return true;
    return false;
}

/* ---- facts ---- */

static const struct pl_fact *fact_of(const struct judging *j,
                                     struct pl_str name)
{
    const struct pl_template *t = j->check->template;
    return t && name.len ? pl_template_fact(t, name) : NULL;
}

enum answer { NO, MAYBE, YES };

static bool meets(const struct pl_specifier *specifier,
                  const struct pl_fact *fact)
{
    return pl_specifier_match(specifier, &fact->version) ||
           (fact->has_treat_as &&
            pl_specifier_match(specifier, &fact->treat_as));
}

/* Does what is installed meet what is wanted? */
static enum answer is_met(const struct wanted *w, const struct pl_fact *fact)
{
    if (w->version)
        return pl_version_cmp(w->version, &fact->version) == 0 ? YES : NO;
    if (!w->requirement || w->requirement->url.len)
        return MAYBE;
    return meets(&w->requirement->specifier, fact) ? YES : NO;
}

static enum answer worse(enum answer a, enum answer b)
{
    return a > b ? a : b;
}

/* Does what is installed under the name ask for a protected package? */
static enum answer reaches(const struct judging *j, struct pl_str name,
                           struct pl_map *seen)
{
    enum answer answer = NO;
    const struct pl_fact *fact = fact_of(j, name);
    if (is_listed(name, tools, PL_COUNT(tools)) || pl_map_get(seen, name))
        return NO;
    if (!fact)
        return MAYBE;
    if (fact->protect == PL_PROTECT_LOCKED)
        return YES;
    pl_map_put(seen, name, seen);
    if (!fact->requires_known)
        return MAYBE;
    for (size_t i = 0; i < fact->require_count && answer != YES; i++) {
        const struct pl_requirement *r = &fact->requires[i];
        if (pl_marker_eval(r->marker, &j->check->template->env,
                           (struct pl_str){0}))
            answer = worse(answer, reaches(j, r->name, seen));
    }
    return answer;
}

static enum answer reaches_torch(const struct judging *j, struct pl_str name)
{
    struct pl_map seen = {.arena = j->check->arena};
    return name.len ? reaches(j, name, &seen) : MAYBE;
}

/* ---- protected packages ---- */

/* "2.6.0" of "torch==2.6.0", or of a wheel's name. */
static struct pl_str pinned(const struct wanted *w)
{
    if (w->version)
        return w->version->text;
    const struct pl_specifier *s =
        w->requirement ? &w->requirement->specifier : NULL;
    if (s && s->count == 1 &&
        (s->clauses[0].op == PL_OP_EQ || s->clauses[0].op == PL_OP_ARBITRARY))
        return s->clauses[0].text;
    return (struct pl_str){0};
}

static struct pl_str written(const struct wanted *w)
{
    return w->requirement ? w->requirement->text : w->target->text;
}

/*
 * Nothing but plain names beside it: files bring options and limits of their
 * own, and releases that ask for one torch hold it.
 */
static bool is_free(const struct judging *j, const struct wanted *w)
{
    for (size_t i = 0; i < j->install->targets.len; i++) {
        const struct pl_install_target *t = &j->install->targets.at[i];
        bool is_bare = t->has_requirement && !t->requirement.url.len &&
                       !t->requirement.specifier.count;
        if (t != w->target && (!is_bare || is_listed(t->name, exact_torch,
                                                     PL_COUNT(exact_torch))))
            return false;
    }
    return !w->where.len && !j->constrained && !j->install->more_words;
}

static const struct pl_file *newest(const struct judging *j,
                                    const struct wanted *w)
{
    return is_free(j, w)
               ? pl_docker_newest(j->check, j->install, w->requirement)
               : NULL;
}

/* "2.9.1 (0.9 GB)"; the size where the index says it. */
static struct pl_str file_text(const struct judging *j,
                               const struct pl_file *file)
{
    struct pl_arena *arena = j->check->arena;
    struct pl_str version = pl_version_text(arena, file->version);
    if (!file->details->has_size)
        return version;
    if (file->details->size >= 100000000)
        return pl_arena_printf(arena, "%.*s (%.1f GB)", PL_STR_ARG(version),
                               (double)file->details->size / 1e9);
    return pl_arena_printf(arena, "%.*s (%.1f MB)", PL_STR_ARG(version),
                           (double)file->details->size / 1e6);
}

/* Where people can find it: the line of the file that a word names. */
static void tell_where(struct pl_finding *f, const struct judging *j,
                       const struct wanted *w)
{
    const struct pl_template *t = j->check->template;
    f->package = w->name;
    struct pl_str text = written(w);
    if (w->where.len)
        pl_error_because(&f->told, "%.*s asks for `%.*s`", PL_STR_ARG(w->where),
                         PL_STR_ARG(text));
    else if (t)
        pl_error_because(&f->told, "%.*s protects it", PL_STR_ARG(t->id));
}

/* The word goes, when others stay for the command to install. */
static void mend_word(const struct judging *j, const struct wanted *w)
{
    const struct pl_docker_check *check = j->check;
    struct pl_span span = w->target->word->span;
    size_t others = 0;
    for (size_t i = 0; i < j->install->targets.len; i++) {
        const struct pl_install_target *t = &j->install->targets.at[i];
        others += t->kind != PL_TARGET_CONSTRAINT && t != w->target &&
                  fact_of(j, t->name) == NULL;
    }
    if (!others || w->where.len || check->base != PL_BASE_TEMPLATE ||
        !check->q->lock ||
        !pl_str_eq(check->q->lock->template_id, check->template->id) ||
        span.begin == j->install->verb->span.begin)
        return;
    struct pl_str text = span.source->text;
    uint32_t begin = span.begin;
    while (begin && (text.at[begin - 1] == ' ' || text.at[begin - 1] == '\t'))
        begin--;
    if (begin && text.at[begin - 1] == '\n')
        begin = span.begin;
    pl_docker_edit(j->check, begin, span.end, (struct pl_str){0});
}

static void tell_replaced(struct judging *j, const struct wanted *w,
                          const struct pl_fact *fact, enum answer met)
{
    struct pl_str has = pl_version_text(j->check->arena, &fact->version);
    const struct pl_file *file = newest(j, w);
    struct pl_str by = file ? file_text(j, file) : pinned(w);
    struct pl_str text = written(w);
    struct pl_span span = w->target->word->span;
    struct pl_finding *f;
    if (met == MAYBE)
        f = pl_docker_tell(j->check, PL_PD101_REPLACED, span,
                           "may replace %.*s %.*s: which version this gets is "
                           "not known",
                           PL_STR_ARG(w->name), PL_STR_ARG(has));
    else if (by.len)
        f = pl_docker_tell(j->check, PL_PD101_REPLACED, span,
                           "would replace %.*s %.*s by %.*s",
                           PL_STR_ARG(w->name), PL_STR_ARG(has),
                           PL_STR_ARG(by));
    else
        f = pl_docker_tell(j->check, PL_PD101_REPLACED, span,
                           "would replace %.*s %.*s: `%.*s` does not take it",
                           PL_STR_ARG(w->name), PL_STR_ARG(has),
                           PL_STR_ARG(text));
    if (!f)
        return;
    if (met == MAYBE)
        f->level = PL_LEVEL_WARNING;
    tell_where(f, j, w);
    pl_error_hint(&f->told,
                  "leave %.*s to the image, or take the image that "
                  "has the version",
                  PL_STR_ARG(w->name));
    if (met == NO)
        mend_word(j, w);
}

static bool is_upgraded(const struct judging *j, const struct wanted *w)
{
    const struct pl_install *install = j->install;
    return install->upgrade ||
           pl_str_in(w->name, install->upgraded.at, install->upgraded.len) ||
           pl_docker_switch(j->check, install, "PIP_UPGRADE");
}

static void tell_reinstalled(struct judging *j, const struct wanted *w,
                             const struct pl_fact *fact, bool force)
{
    struct pl_str has = pl_version_text(j->check->arena, &fact->version);
    struct pl_span span = w->target->word->span;
    const struct pl_file *file = newest(j, w);
    int order = file ? pl_version_cmp(file->version, &fact->version) : 0;
    struct pl_finding *f;
    if (order > 0 || (order && force)) {
        struct pl_str by = file_text(j, file);
        f = pl_docker_tell(j->check, PL_PD102_UPGRADED, span,
                           "would replace %.*s %.*s by %.*s",
                           PL_STR_ARG(w->name), PL_STR_ARG(has),
                           PL_STR_ARG(by));
    } else {
        f = pl_docker_tell(j->check, PL_PD102_UPGRADED, span,
                           force ? "would install %.*s again over %.*s, from "
                                   "whatever index is asked"
                                 : "would upgrade %.*s %.*s to the newest",
                           PL_STR_ARG(w->name), PL_STR_ARG(has));
    }
    if (!f)
        return;
    tell_where(f, j, w);
    pl_error_hint(&f->told, "leave %.*s out", PL_STR_ARG(w->name));
}

static void judge_protected(struct judging *j, const struct wanted *w,
                            const struct pl_fact *fact)
{
    const struct pl_install *install = j->install;
    enum answer met = is_met(w, fact);
    bool force = install->force || install->ignore_installed;
    bool is_pinned = w->version || (met == YES && pinned(w).len);
    if (met != YES)
        tell_replaced(j, w, fact, met);
    else if (force)
        tell_reinstalled(j, w, fact, true);
    else if (is_upgraded(j, w) && !is_pinned && !j->constrained)
        tell_reinstalled(j, w, fact, false);
    else
        return;
    j->told = true;
}

/* ---- other indexes ---- */

/* "cu121", "cpu", "rocm6.2": a folder of the PyTorch index. */
static struct pl_str variant_of(struct pl_str url)
{
    while (url.len && url.at[url.len - 1] == '/')
        url.len--;
    struct pl_str base = pl_path_base(url);
    bool known =
        pl_str_is(base, "cpu") || pl_str_starts(base, "rocm") ||
        pl_str_is(base, "xpu") ||
        (pl_str_starts(base, "cu") && base.len > 2 && pl_is_digit(base.at[2]));
    return known ? base : (struct pl_str){0};
}

/* "cu128" of "nightly/cu128": what counts is the CUDA. */
static void judge_index(struct judging *j, const struct wanted *w)
{
    const struct pl_template *t = j->check->template;
    struct pl_str own = t ? pl_path_base(t->torch_variant) : (struct pl_str){0};
    if (j->index_told || !own.len ||
        !pl_torch_family_find(&j->check->family, w->name))
        return;
    for (size_t i = 0; i < j->install->indexes.len; i++) {
        struct pl_str variant = variant_of(j->install->indexes.at[i]);
        if (pl_str_eq(variant, own) ||
            (!variant.len && !j->install->extra_index_word))
            continue;
        struct pl_finding *f = pl_docker_tell(
            j->check, PL_PD108_INDEX, w->target->word->span,
            "%.*s would come from an index for %.*s, and the image is for "
            "%.*s",
            PL_STR_ARG(w->name),
            PL_STR_ARG(variant.len ? variant : PL_STR("anything")),
            PL_STR_ARG(own));
        j->index_told = true;
        if (f)
            f->package = w->name;
        return;
    }
}

/* ---- the lock ---- */

static const struct pl_lock_package *locked(const struct pl_lock *lock,
                                            struct pl_str name)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (pl_str_eq(lock->packages[i].name, name))
            return &lock->packages[i];
    return NULL;
}

/* The version that the lock has, or counts on; empty: neither. */
static struct pl_str lock_version(const struct pl_lock *lock,
                                  struct pl_str name, bool *is_known)
{
    const struct pl_lock_package *package = locked(lock, name);
    *is_known = package != NULL;
    if (package)
        return package->version;
    for (size_t i = 0; i < lock->provided_count; i++) {
        *is_known = pl_str_eq(lock->provided[i].name, name);
        if (*is_known)
            return lock->provided[i].version;
    }
    return (struct pl_str){0};
}

static void tell_contradicts(struct judging *j, const struct wanted *w,
                             struct pl_str has)
{
    struct pl_str text = written(w);
    struct pl_finding *f =
        pl_docker_tell(j->check, PL_PD203_CONTRADICTS, w->target->word->span,
                       "`%.*s` is not what the lock has: %.*s %.*s",
                       PL_STR_ARG(text), PL_STR_ARG(w->name), PL_STR_ARG(has));
    if (!f)
        return;
    f->package = w->name;
    if (w->where.len)
        pl_error_because(&f->told, "it stands in %.*s", PL_STR_ARG(w->where));
    pl_error_hint(&f->told, "leave it to the lock, or lock what you want");
}

static bool version_fits(const struct judging *j, const struct wanted *w,
                         struct pl_str text)
{
    struct pl_version version;
    if (!text.len || !pl_version_parse(j->check->arena, text, &version, NULL))
        return true;
    if (w->version)
        return pl_version_cmp(w->version, &version) == 0;
    return !w->requirement || w->requirement->url.len ||
           pl_specifier_match(&w->requirement->specifier, &version);
}

static void note_unlocked(struct judging *j, const struct wanted *w)
{
    if (!j->unlocked_count++)
        j->unlocked_span = w->target->word->span;
    if (j->unlocked_count > MAX_NAMES)
        return;
    if (j->unlocked_count > 1)
        pl_buf_add_cstr(j->unlocked, ", ");
    pl_buf_add_str(j->unlocked, w->name);
}

static void judge_by_lock(struct judging *j, const struct wanted *w,
                          const struct pl_fact *fact)
{
    bool is_known;
    struct pl_str has = lock_version(j->check->q->lock, w->name, &is_known);
    if (is_known && !version_fits(j, w, has))
        tell_contradicts(j, w, has);
    if (is_known || (fact && is_met(w, fact) == YES && !is_upgraded(j, w)) ||
        is_listed(w->name, tools, PL_COUNT(tools)))
        return;
    note_unlocked(j, w);
}

static void tell_unlocked(struct judging *j)
{
    struct pl_str names = pl_buf_view(j->unlocked);
    size_t more =
        j->unlocked_count > MAX_NAMES ? j->unlocked_count - MAX_NAMES : 0;
    struct pl_str rest =
        more ? pl_arena_printf(j->check->arena, " and %zu more", more)
             : (struct pl_str){0};
    if (!j->unlocked_count || j->constrained || j->install->no_deps)
        return;
    struct pl_finding *f = pl_docker_tell(
        j->check, PL_PD202_UNLOCKED, j->unlocked_span,
        "the lock does not have %.*s%.*s", PL_STR_ARG(names), PL_STR_ARG(rest));
    if (!f)
        return;
    pl_error_because(&f->told, "what this needs is chosen while the image is "
                               "built, and may replace what the lock chose");
    pl_error_hint(&f->told, "lock it too (podlock resolve), or keep what is "
                            "there with -c and a file of podlock guard");
}

/* ---- one of them ---- */

static bool is_exact(const struct judging *j, const struct wanted *w)
{
    bool in_lock = false;
    if (j->check->q->lock)
        (void)lock_version(j->check->q->lock, w->name, &in_lock);
    return !in_lock && is_listed(w->name, exact_torch, PL_COUNT(exact_torch));
}

static void tell_pulls_torch(struct judging *j, const struct wanted *w)
{
    const struct pl_fact *torch = fact_of(j, PL_STR("torch"));
    if (!torch || j->constrained || j->install->no_deps)
        return;
    struct pl_str has = pl_version_text(j->check->arena, &torch->version);
    struct pl_finding *f = pl_docker_tell(
        j->check, PL_PD104_PULLS_TORCH, w->target->word->span,
        "may replace torch %.*s: every release of %.*s asks for one torch "
        "exactly",
        PL_STR_ARG(has), PL_STR_ARG(w->name));
    if (!f)
        return;
    f->package = PL_STR("torch");
    if (w->where.len)
        pl_error_because(&f->told, "it stands in %.*s", PL_STR_ARG(w->where));
    pl_error_hint(&f->told, "podlock resolve finds the release that is for "
                            "this torch; or --no-deps");
}

static void tell_upgrade(struct judging *j, struct pl_span span,
                         const char *what)
{
    if (j->upgrade_told || j->told)
        return;
    j->upgrade_told = true;
    struct pl_finding *f =
        pl_docker_tell(j->check, PL_PD105_UPGRADE, span,
                       "this upgrade may reach torch: %s", what);
    if (f)
        pl_error_hint(&f->told, "without -U, with --no-deps, or with -c and "
                                "a file of podlock guard");
}

static void judge_upgrade(struct judging *j, const struct wanted *w)
{
    const struct pl_install *install = j->install;
    bool all =
        install->tool == PL_INSTALLER_UV || install->eager ||
        pl_str_is(pl_docker_setting(j->check, install, "PIP_UPGRADE_STRATEGY"),
                  "eager");
    enum answer reach = reaches_torch(j, w->name);
    if (!j->check->template || !is_upgraded(j, w) || j->constrained ||
        install->no_deps)
        return;
    if (all && reach != NO)
        tell_upgrade(j, w->target->word->span,
                     "what is needed is upgraded with it");
    else if (reach == YES)
        tell_upgrade(j, w->target->word->span,
                     "what it names needs it, in a version that may be newer");
}

static void judge_wanted(struct judging *j, const struct wanted *w)
{
    const struct pl_template *t = j->check->template;
    const struct pl_fact *fact = fact_of(j, w->name);
    if (!w->name.len ||
        (t && w->requirement &&
         !pl_marker_eval(w->requirement->marker, &t->env, (struct pl_str){0})))
        return;
    bool is_kept = fact && is_met(w, fact) == YES && !is_upgraded(j, w) &&
                   !j->install->force && !j->install->ignore_installed;
    if (!is_kept)
        judge_index(j, w);
    if (fact && fact->protect == PL_PROTECT_LOCKED) {
        judge_protected(j, w, fact);
        return;
    }
    if (t && !fact && is_exact(j, w)) {
        tell_pulls_torch(j, w);
        return;
    }
    judge_upgrade(j, w);
    if (j->check->q->lock)
        judge_by_lock(j, w, fact);
}

/* ---- files ---- */

static void judge_asked(struct judging *j, const struct pl_inputs *in,
                        const struct pl_install_target *target)
{
    for (size_t i = 0; i < in->requirements.len; i++) {
        const struct pl_asked *asked = &in->requirements.at[i];
        struct wanted w = {.target = target,
                           .name = asked->req.name,
                           .requirement = &asked->req,
                           .where = pl_path_base(asked->where)};
        judge_wanted(j, &w);
    }
}

/* What is in the file is not known. */
static void tell_unread(struct judging *j,
                        const struct pl_install_target *target)
{
    struct pl_str base = pl_path_base(target->text);
    if (!j->check->q->lock || j->constrained || j->install->no_deps)
        return;
    struct pl_finding *f = pl_docker_tell(
        j->check, PL_PD202_UNLOCKED, target->word->span,
        "`%.*s` is installed beside the lock, and what is in it is not known",
        PL_STR_ARG(base));
    if (f)
        pl_error_hint(&f->told, "lock it: podlock resolve %.*s",
                      PL_STR_ARG(base));
}

static void judge_file(struct judging *j,
                       const struct pl_install_target *target)
{
    struct pl_inputs in;
    struct pl_str local = {0};
    if (target->word->is_known && j->check->files_read < PL_MAX_DOCKER_FILES)
        local = pl_docker_local(j->check, target->text);
    if (pl_docker_is_lock(j->check, target->text))
        return;
    if (j->install->require_hashes && j->install->no_deps)
        return;
    pl_inputs_init(&in, j->check->arena);
    j->check->files_read += local.len > 0;
    if (local.len && pl_inputs_read(&in, local, NULL))
        judge_asked(j, &in, target);
    else
        tell_unread(j, target);
    if (j->install->upgrade && !j->constrained && j->check->template &&
        !j->install->no_deps)
        tell_upgrade(j, target->word->span,
                     "all that the file names is upgraded");
}

/* ---- the whole command ---- */

static bool is_constrained(const struct pl_docker_check *check,
                           const struct pl_install *install)
{
    bool is_uv = install->tool == PL_INSTALLER_UV;
    for (size_t i = 0; i < install->targets.len; i++)
        if (install->targets.at[i].kind == PL_TARGET_CONSTRAINT)
            return true;
    if (!is_uv && check->template && check->template->constraint_count)
        return true;
    return pl_docker_setting(check, install,
                             is_uv ? "UV_CONSTRAINT" : "PIP_CONSTRAINT")
               .len > 0;
}

static bool force_reaches(struct judging *j)
{
    for (size_t i = 0; i < j->install->targets.len; i++) {
        const struct pl_install_target *t = &j->install->targets.at[i];
        bool is_lock =
            t->kind == PL_TARGET_FILE && pl_docker_is_lock(j->check, t->text);
        if (t->kind == PL_TARGET_CONSTRAINT || is_lock)
            continue;
        if (reaches_torch(j, t->name) != NO)
            return true;
    }
    return false;
}

static void judge_force(struct judging *j)
{
    const struct pl_install *install = j->install;
    const struct pl_fact *torch = fact_of(j, PL_STR("torch"));
    if (!torch || j->told || install->no_deps ||
        (!install->force && !install->ignore_installed) || !force_reaches(j))
        return;
    struct pl_str has = pl_version_text(j->check->arena, &torch->version);
    struct pl_finding *f =
        pl_docker_tell(j->check, PL_PD106_FORCE, install->force_word->span,
                       "what is needed is installed again as well, torch "
                       "%.*s too if it is needed",
                       PL_STR_ARG(has));
    if (f)
        pl_error_hint(&f->told, "with --no-deps only what is named is");
}

bool pl_docker_judge_targets(struct pl_docker_check *check,
                             const struct pl_install *install)
{
    PL_BUF(names, PL_MAX_MESSAGE_BYTES);
    struct judging j = {.check = check,
                        .install = install,
                        .constrained = is_constrained(check, install),
                        .unlocked = &names};
    for (size_t i = 0; i < install->targets.len; i++) {
        const struct pl_install_target *t = &install->targets.at[i];
        struct wanted w = {
            .target = t,
            .name = t->name,
            .requirement = t->has_requirement ? &t->requirement : NULL,
            .version = t->has_version ? &t->version : NULL,
        };
        if (t->kind == PL_TARGET_FILE)
            judge_file(&j, t);
        else if (t->kind != PL_TARGET_CONSTRAINT)
            judge_wanted(&j, &w);
    }
    judge_force(&j);
    tell_unlocked(&j);
    return true;
}
