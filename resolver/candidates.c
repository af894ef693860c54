#include "resolver/candidates.h"

#include "index/upload_time.h"

/*
 * Verdicts on texts that pages repeat thousands of times: by a hash that looks
 * at a few bytes, the last text of each. A place is free while its text has no
 * address.
 */
#define TAGS_PLACES 256
#define PYTHON_PLACES 64

struct judged_tags {
    struct pl_str python, abi, platform;
    uint32_t rank;
};

struct judged_python {
    struct pl_str text;
    bool allowed;
};

struct pl_judged {
    struct judged_tags tags[TAGS_PLACES];
    struct judged_python pythons[PYTHON_PLACES];
};

#define RANKED_PLACES 32

struct ranked {
    const struct pl_wheeltags *wheel;
    uint32_t rank;
};

struct filler {
    struct pl_problem *problem;
    struct pl_project *project;
    bool named_prerelease; /* a direct input names one */
    bool wheels, sdists;   /* may be used at all */
    bool hashed;           /* a line about it lists hashes */
    const struct pl_torch_project *family;
    const struct pl_page *page;
    const struct pl_fact *torch; /* of the template, when in the family */
    struct pl_str last_python;   /* the last Requires-Python */
    bool last_python_fits;
    struct ranked ranked[RANKED_PLACES];
};

static uint32_t hash_of(struct pl_str text)
{
    uint32_t hash = (uint32_t)text.len;
    for (size_t i = 1; i <= 4 && text.len; i++)
        hash = hash * 31 + (unsigned char)text.at[(text.len * i - 1) / 4];
    return hash;
}

/* Blocks of the cache give equal texts one address. */
static bool is_same(struct pl_str a, struct pl_str b)
{
    return a.len == b.len &&
           (a.at == b.at || (a.at && memcmp(a.at, b.at, a.len) == 0));
}

static bool applies_here(const struct pl_problem *problem,
                         const struct pl_requirement *requirement,
                         struct pl_str name)
{
    return pl_str_eq(requirement->name, name) &&
           pl_marker_eval(requirement->marker, &problem->env,
                          (struct pl_str){0});
}

/* Calls the function for each direct input about the project. */
static bool any_direct(const struct pl_problem *problem, struct pl_str name,
                       bool (*holds)(const struct pl_requirement *,
                                     const struct pl_version *),
                       const struct pl_version *version)
{
    const struct {
        const struct pl_asked *at;
        size_t count;
    } lists[] = {{problem->asked, problem->asked_count},
                 {problem->constraints, problem->constraint_count},
                 {problem->overrides, problem->override_count}};
    for (size_t l = 0; l < PL_COUNT(lists); l++)
        for (size_t i = 0; i < lists[l].count; i++)
            if (applies_here(problem, &lists[l].at[i].req, name) &&
                holds(&lists[l].at[i].req, version))
                return true;
    return false;
}

static bool names_prerelease(const struct pl_requirement *requirement,
                             const struct pl_version *version)
{
    (void)version;
    return pl_specifier_names_prerelease(&requirement->specifier);
}

static bool pins(const struct pl_requirement *requirement,
                 const struct pl_version *version)
{
    return pl_specifier_pins(&requirement->specifier, version);
}

/* Does the line list hashes, and none is this one? */
static bool refuses(const struct pl_asked *asked, struct pl_str sha256)
{
    size_t prefix = strlen("sha256:");
    for (size_t i = 0; i < asked->hash_count; i++) {
        struct pl_str hash = asked->hashes[i];
        if (pl_str_starts(hash, "sha256:") &&
            pl_str_eq(pl_str_sub(hash, prefix, hash.len), sha256))
            return false;
    }
    return asked->hash_count > 0;
}

/* An override stands in the place of the lines that it overrides. */
static bool is_refused(const struct pl_problem *problem, struct pl_str name,
                       struct pl_str sha256)
{
    bool overridden = false;
    for (size_t i = 0; i < problem->override_count; i++) {
        const struct pl_asked *o = &problem->overrides[i];
        overridden = overridden || pl_str_eq(o->req.name, name);
        if (applies_here(problem, &o->req, name) && refuses(o, sha256))
            return true;
    }
    for (size_t i = 0; i < problem->constraint_count; i++) {
        const struct pl_asked *c = &problem->constraints[i];
        if (applies_here(problem, &c->req, name) && refuses(c, sha256))
            return true;
    }
    for (size_t i = 0; !overridden && i < problem->asked_count; i++) {
        const struct pl_asked *a = &problem->asked[i];
        if (applies_here(problem, &a->req, name) && refuses(a, sha256))
            return true;
    }
    return false;
}

static bool constrained(const struct pl_problem *problem, struct pl_str name,
                        const struct pl_version *version)
{
    const bool *lifted = problem->lifted.constraints;
    for (size_t i = 0; i < problem->constraint_count; i++) {
        const struct pl_requirement *c = &problem->constraints[i].req;
        if (!(lifted && lifted[i]) && applies_here(problem, c, name) &&
            !pl_specifier_match(&c->specifier, version))
            return true;
    }
    const struct pl_template *template = problem->template;
    for (size_t i = 0; template && i < template->constraint_count; i++) {
        const struct pl_requirement *c = &template->constraints[i];
        if (applies_here(problem, c, name) &&
            !pl_specifier_match(&c->specifier, version))
            return true;
    }
    return false;
}

static bool judge_python(struct filler *f, struct pl_str text)
{
    struct judged_python *known =
        &f->problem->judged->pythons[hash_of(text) % PYTHON_PLACES];
    if (is_same(known->text, text))
        return known->allowed;
    struct pl_specifier specifier;
    bool repaired;
    bool parsed = pl_specifier_parse_lenient(f->problem->arena, text,
                                             &specifier, &repaired, NULL);
    *known = (struct judged_python){
        .text = text,
        .allowed = parsed && pl_env_allows_python(&f->problem->env, &specifier),
    };
    return known->allowed;
}

static bool python_fits(struct filler *f, struct pl_str text)
{
    if (!text.len)
        return true;
    if (f->last_python.at != text.at || f->last_python.len != text.len) {
        f->last_python_fits = judge_python(f, text);
        f->last_python = text;
    }
    return f->last_python_fits;
}

static uint32_t rank_text(struct filler *f, const struct pl_wheeltags *wheel)
{
    uint32_t hash = hash_of(wheel->platform) * 31 + hash_of(wheel->python) * 7 +
                    hash_of(wheel->abi);
    struct judged_tags *known = &f->problem->judged->tags[hash % TAGS_PLACES];
    if (!is_same(known->platform, wheel->platform) ||
        !is_same(known->python, wheel->python) ||
        !is_same(known->abi, wheel->abi))
        *known = (struct judged_tags){
            .python = wheel->python,
            .abi = wheel->abi,
            .platform = wheel->platform,
            .rank = pl_tags_rank(f->problem->tags, wheel->python, wheel->abi,
                                 wheel->platform),
        };
    return known->rank;
}

/* Files of equal tags may share them: then an address says it all. */
static uint32_t rank_tags(struct filler *f, const struct pl_wheeltags *wheel)
{
    struct ranked *known = &f->ranked[(uintptr_t)wheel / 16 % RANKED_PLACES];
    if (known->wheel != wheel)
        *known = (struct ranked){wheel, rank_text(f, wheel)};
    return known->rank;
}

/*
 * A companion of the template's torch must be built for the same CUDA. Nothing
 * in its metadata says so: torchvision asks for torch==X without a label. A
 * twin from PyPI serves when PyPI builds that torch for the same CUDA.
 */
static bool variant_fits(const struct filler *f, const struct pl_file *file)
{
    bool is_twin = f->page->is_torch && !file->page->is_torch;
    const struct pl_fact *torch = f->torch;
    if (!f->family || !f->family->companion)
        return true;
    if (!torch || !pl_fact_is_hard(f->problem, torch))
        return !is_twin;
    struct pl_str label = torch->version.local, own = file->version->local;
    struct pl_str pypi =
        pl_torch_family_pypi_cuda(f->problem->family, &torch->version);
    if (pl_str_eq(own, label))
        return true;
    if (!label.len)
        return pl_str_eq(own, pypi);
    return !own.len && pl_str_eq(pypi, label);
}

/* Why the file cannot be used, or PL_EXCLUSION_COUNT. */
static enum pl_exclusion judge_file(struct filler *f,
                                    const struct pl_file *file, uint32_t *rank)
{
    const struct pl_policy *policy = &f->problem->policy;
    *rank = PL_TAG_NONE - 1;
    if (file->kind == PL_FILE_SDIST && !f->sdists)
        return PL_EXCLUDED_SOURCE;
    if (file->kind == PL_FILE_WHEEL) {
        if (!f->wheels)
            return PL_EXCLUDED_WHEEL;
        *rank = rank_tags(f, file->wheel);
        if (*rank == PL_TAG_NONE)
            return PL_EXCLUDED_TAGS;
    }
    if (!python_fits(f, file->requires_python))
        return PL_EXCLUDED_PYTHON;
    if (policy->exclude_newer.len && !file->page->is_torch &&
        (!file->details->upload_time.len ||
         pl_upload_time_cmp(file->details->upload_time,
                            policy->exclude_newer) >= 0))
        return PL_EXCLUDED_NEWER;
    if (file->yanked &&
        !any_direct(f->problem, f->project->name, pins, file->version))
        return PL_EXCLUDED_YANKED;
    if (!file->has_sha256)
        return PL_EXCLUDED_HASH;
    if (f->hashed &&
        is_refused(f->problem, f->project->name, file->details->sha256))
        return PL_EXCLUDED_OTHER_HASH;
    if (!variant_fits(f, file))
        return PL_EXCLUDED_VARIANT;
    return PL_EXCLUSION_COUNT;
}

static bool better_file(const struct pl_file *file, uint32_t rank,
                        const struct pl_file *best, uint32_t best_rank)
{
    if (!best || file->page->order != best->page->order)
        return !best || file->page->order < best->page->order;
    if (rank != best_rank)
        return rank < best_rank;
    if (file->kind == PL_FILE_WHEEL)
        return pl_wheelname_cmp_build(file->wheel, best->wheel) > 0;
    /* .tar.gz before .zip, as their names sort */
    return false;
}

/* The exclusion told of a version is that of the file that came furthest. */
static enum pl_exclusion further(enum pl_exclusion a, enum pl_exclusion b)
{
    return a > b ? a : b;
}

static bool is_prerelease_allowed(const struct filler *f)
{
    enum pl_prerelease_mode mode = f->problem->policy.prerelease;
    if (mode == PL_PRERELEASE_DISALLOW)
        return false;
    return mode != PL_PRERELEASE_EXPLICIT || f->named_prerelease;
}

static bool is_lifted(const struct filler *f, enum pl_exclusion why)
{
    return pl_exclusion_is_lifted(f->problem, f->project->name, why);
}

static enum pl_exclusion judge_version(const struct filler *f,
                                       const struct pl_version *version)
{
    if (constrained(f->problem, f->project->name, version))
        return PL_EXCLUDED_CONSTRAINT;
    if (pl_version_is_prerelease(version) && !is_prerelease_allowed(f) &&
        !is_lifted(f, PL_EXCLUDED_PRERELEASE))
        return PL_EXCLUDED_PRERELEASE;
    return PL_EXCLUSION_COUNT;
}

/* Pre-releases that are mere fallbacks stand below all finals. */
static bool is_fallback(const struct filler *f,
                        const struct pl_version *version)
{
    if (!pl_version_is_prerelease(version))
        return false;
    switch (f->problem->policy.prerelease) {
    case PL_PRERELEASE_ALLOW:
        return false;
    case PL_PRERELEASE_IF_NECESSARY:
        return true;
    case PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT:
    case PL_PRERELEASE_EXPLICIT:
    case PL_PRERELEASE_DISALLOW:
        break;
    }
    return !f->named_prerelease;
}

static bool wants_lowest(const struct filler *f)
{
    enum pl_resolution resolution = f->problem->policy.resolution;
    return resolution == PL_RESOLUTION_LOWEST ||
           (resolution == PL_RESOLUTION_LOWEST_DIRECT && f->project->is_direct);
}

typedef PL_VEC(struct pl_candidate) candidate_vec;

/* What it needs is not known, so it is taken to need nothing. */
static struct pl_candidate let_in(const struct pl_file *file)
{
    static const struct pl_metadata nothing;
    return (struct pl_candidate){
        .version = file->version,
        .file = file,
        .state = PL_CANDIDATE_READ,
        .metadata = &nothing,
    };
}

/* Handles the files of one version. */
static void take_version(struct filler *f, const struct pl_file *files,
                         size_t count, candidate_vec *out)
{
    struct pl_arena *arena = f->problem->arena;
    const struct pl_version *version = files[0].version;
    const struct pl_file *best = NULL;
    uint32_t best_rank = 0;
    enum pl_exclusion why = PL_EXCLUDED_TAGS;
    for (size_t n = 0; n < count; n++) {
        uint32_t rank;
        enum pl_exclusion verdict = judge_file(f, &files[n], &rank);
        if (verdict != PL_EXCLUSION_COUNT) {
            why = further(why, verdict);
        } else if (better_file(&files[n], rank, best, best_rank)) {
            best = &files[n];
            best_rank = rank;
        }
    }
    const struct pl_fact *fact = f->project->fact;
    if (fact && pl_version_cmp(&fact->version, version) == 0)
        return;
    bool is_let_in = !best && is_lifted(f, why);
    if (best || is_let_in)
        why = judge_version(f, version);
    if (why != PL_EXCLUSION_COUNT)
        pl_vec_push(arena, &f->project->excluded,
                    (struct pl_excluded){version, why});
    else
        pl_vec_push(arena, out,
                    is_let_in ? let_in(files)
                              : (struct pl_candidate){.version = best->version,
                                                      .file = best});
}

static bool is_same_version(const struct pl_version *a,
                            const struct pl_version *b)
{
    return a == b || pl_version_cmp(a, b) == 0;
}

/* The most preferred versions first, as far as their files' order tells. */
static void take_versions(struct filler *f, candidate_vec *out)
{
    PL_ARENA(scratch);
    const struct pl_file *files = f->page->files;
    size_t file_count = f->page->file_count;
    PL_VEC(size_t) starts = {0};
    for (size_t i = 0; i < file_count; i++)
        if (!i || !is_same_version(files[i - 1].version, files[i].version))
            pl_vec_push(&scratch, &starts, i);
    pl_vec_push(&scratch, &starts, file_count);
    size_t count = starts.len - 1;
    out->cap = count + 1; /* and the fact */
    out->at = pl_new_array(f->problem->arena, struct pl_candidate, out->cap);
    for (size_t i = 0; i < count; i++) {
        size_t n = wants_lowest(f) ? i : count - 1 - i;
        take_version(f, files + starts.at[n], starts.at[n + 1] - starts.at[n],
                     out);
    }
}

/* A preinstalled version comes from no index: it stands with the first. */
static uint32_t order_of(const struct pl_candidate *candidate)
{
    return candidate->file ? candidate->file->page->order : 0;
}

static int prefer(const struct filler *f, const struct pl_candidate *a,
                  const struct pl_candidate *b)
{
    bool a_last = is_fallback(f, a->version);
    bool b_last = is_fallback(f, b->version);
    if (a_last != b_last)
        return a_last ? 1 : -1;
    if (order_of(a) != order_of(b))
        return order_of(a) < order_of(b) ? -1 : 1;
    int order = pl_version_cmp(a->version, b->version);
    return wants_lowest(f) ? order : -order;
}

/* Fallbacks behind all others, each kind in its order. */
static void move_fallbacks(const struct filler *f, candidate_vec *list)
{
    PL_ARENA(scratch);
    candidate_vec moved = {0};
    size_t left = 0;
    for (size_t i = 0; i < list->len; i++)
        if (is_fallback(f, list->at[i].version))
            pl_vec_push(&scratch, &moved, list->at[i]);
        else
            list->at[left++] = list->at[i];
    if (moved.len)
        memcpy(list->at + left, moved.at, moved.len * sizeof(moved.at[0]));
}

static void add_fact(const struct filler *f, candidate_vec *list)
{
    struct pl_candidate fact = {
        .version = &f->project->fact->version,
        .fact = f->project->fact,
        .state = PL_CANDIDATE_READ,
    };
    size_t at = 0;
    pl_vec_push(f->problem->arena, list, fact);
    while (at + 1 < list->len && prefer(f, &list->at[at], &fact) < 0)
        at++;
    memmove(list->at + at + 1, list->at + at,
            (list->len - 1 - at) * sizeof(fact));
    list->at[at] = fact;
}

static bool are_in_order(const struct filler *f, const candidate_vec *list)
{
    for (size_t i = 1; i < list->len; i++)
        if (prefer(f, &list->at[i - 1], &list->at[i]) > 0)
            return false;
    return true;
}

static int prefer_by(const void *a, const void *b, void *filler)
{
    return prefer(filler, a, b);
}

/* Before all others, whatever their order; a pin that is none is no more. */
static void put_pin_first(const struct filler *f, candidate_vec *list)
{
    struct pl_project *project = f->project;
    const struct pl_version *pin =
        pl_map_get(&f->problem->policy.pins, project->name);
    project->pin = NULL;
    for (size_t i = 0; pin && i < list->len; i++) {
        struct pl_candidate candidate = list->at[i];
        if (!is_same_version(candidate.version, pin))
            continue;
        memmove(list->at + 1, list->at, i * sizeof(candidate));
        list->at[0] = candidate;
        project->pin = candidate.version;
        project->pin_place = i;
        return;
    }
}

void pl_candidates_match(struct pl_problem *problem, struct pl_demand *demand)
{
    struct pl_project *project = demand->project;
    if (!project->candidates)
        return;
    demand->matches = pl_new_array(problem->arena, uint64_t,
                                   PL_BITS_WORDS(project->candidate_count));
    for (size_t i = 0; i < project->candidate_count; i++) {
        const struct pl_candidate *c = &project->candidates[i];
        bool matches =
            c->fact ? pl_demand_matches_fact(demand, c->fact)
                    : !demand->by_url &&
                          pl_specifier_match(demand->specifier, c->version);
        if (matches)
            pl_bits_add(demand->matches, i);
    }
}

static void set_candidates(struct pl_problem *problem,
                           struct pl_project *project,
                           struct pl_candidate *candidates, size_t count)
{
    size_t words = PL_BITS_WORDS(count);
    project->candidates = candidates;
    project->candidate_count = count;
    project->usable = pl_new_array(problem->arena, uint64_t, words);
    project->loaded = pl_new_array(problem->arena, uint64_t, words);
    for (size_t i = 0; i < count; i++) {
        pl_bits_add(project->usable, i);
        if (candidates[i].fact || (i == 0 && project->pin))
            pl_bits_add(project->loaded, i);
    }
}

/* As for pip, a name in the other list says more than :all: in this one. */
static bool is_barred(const struct pl_format_control *control,
                      const struct pl_format_control *other, struct pl_str name)
{
    return pl_format_control_has(control, name) &&
           (pl_str_in(name, control->names.at, control->names.len) ||
            !pl_str_in(name, other->names.at, other->names.len));
}

static struct filler filler_of(struct pl_problem *problem,
                               struct pl_project *project,
                               const struct pl_page *page)
{
    const struct pl_policy *policy = &problem->policy;
    const struct pl_template *template = problem->template;
    if (!problem->judged)
        problem->judged = pl_new(problem->arena, struct pl_judged);
    return (struct filler){
        .problem = problem,
        .project = project,
        .named_prerelease =
            any_direct(problem, project->name, names_prerelease, NULL),
        .hashed = is_refused(problem, project->name, (struct pl_str){0}),
        .wheels =
            !is_barred(&policy->no_binary, &policy->only_binary, project->name),
        .sdists =
            !is_barred(&policy->only_binary, &policy->no_binary, project->name),
        .family = pl_torch_family_find(problem->family, project->name),
        .page = page,
        .torch = template ? pl_template_fact(template, PL_STR("torch")) : NULL,
    };
}

bool pl_candidates_look_closely(const struct pl_problem *problem,
                                struct pl_str name)
{
    return problem->policy.exclude_newer.len ||
           is_refused(problem, name, (struct pl_str){0});
}

void pl_candidates_fill(struct pl_problem *problem, struct pl_project *project,
                        const struct pl_page *page)
{
    struct filler f = filler_of(problem, project, page);
    candidate_vec found = {0};
    if (page)
        take_versions(&f, &found);
    move_fallbacks(&f, &found);
    if (project->fact)
        add_fact(&f, &found);
    if (!are_in_order(&f, &found))
        qsort_r(found.at, found.len, sizeof(found.at[0]), prefer_by, &f);
    put_pin_first(&f, &found);
    if (!found.len)
        found.at = pl_new(problem->arena, struct pl_candidate);
    project->page = page;
    set_candidates(problem, project, found.at, found.len);
    for (size_t i = 0; i < project->demands.len; i++)
        pl_candidates_match(problem, project->demands.at[i]);
}
