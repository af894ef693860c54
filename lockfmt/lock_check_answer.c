#include "lockfmt/lock_check.h"

#include "pep/wheelname.h"
#include "resolver/candidates.h"

/* An entry, and the candidate that it is. */
struct entry {
    const struct pl_lock_package *package;
    struct pl_project *project;
    struct pl_candidate *candidate; /* NULL: it is none */
    bool is_reached;
};

/* Requirements that are in force: of a package, or of one of its extras. */
struct active {
    struct pl_project *project;
    struct pl_str extra;
};

struct checker {
    struct pl_problem *problem;
    struct pl_arena *arena;
    const struct pl_lock *lock;
    struct pl_lock_findings *out;
    struct entry *entries; /* in the lock's order */
    size_t entry_count;
    struct pl_map by_name;        /* entries */
    struct pl_map reached;        /* "name[extra]" */
    PL_VEC(struct active) active; /* breadth first */
};

static struct entry *entry_of(const struct checker *c, struct pl_str name)
{
    return pl_map_get(&c->by_name, name);
}

/* ---- entries as candidates ---- */

static const char *excluded_text(enum pl_exclusion why)
{
    static const char *const texts[PL_EXCLUSION_COUNT] = {
        [PL_EXCLUDED_TAGS] = "has no wheel for this Python and platform",
        [PL_EXCLUDED_WHEEL] = "is a wheel, which --no-binary excludes",
        [PL_EXCLUDED_PYTHON] = "needs another Python",
        [PL_EXCLUDED_YANKED] = "is yanked",
        [PL_EXCLUDED_NEWER] = "is newer than --exclude-newer",
        [PL_EXCLUDED_PRERELEASE] = "is a pre-release",
        [PL_EXCLUDED_CONSTRAINT] = "is forbidden by a constraint",
        [PL_EXCLUDED_SOURCE] = "is a source, which --only-binary excludes",
        [PL_EXCLUDED_HASH] = "has no sha256",
        [PL_EXCLUDED_OTHER_HASH] = "has another hash than its --hash",
        [PL_EXCLUDED_VARIANT] =
            "is built for another CUDA than the template's torch",
        [PL_EXCLUDED_METADATA] = "cannot be used",
    };
    return texts[why];
}

static bool read_tags(struct pl_arena *arena, struct pl_str name,
                      const struct pl_wheeltags **out)
{
    struct pl_wheelname parsed;
    if (!pl_wheelname_parse(arena, name, &parsed, NULL))
        return false;
    struct pl_wheeltags *tags = pl_new(arena, struct pl_wheeltags);
    *tags = parsed.tags;
    *out = tags;
    return true;
}

/* False for what has no file, or one of no known kind. */
static bool add_file(struct checker *c, const struct pl_lock_package *package,
                     const struct pl_lock_file *file,
                     const struct pl_version *version,
                     const struct pl_page *page, struct pl_file *out)
{
    struct pl_file_details details = {
        .name = file->name,
        .url = file->url,
        .path = file->path,
        .sha256 = file->sha256,
        .upload_time = file->upload_time,
        .size = file->size,
        .has_size = file->has_size,
    };
    *out = (struct pl_file){
        .page = page,
        .version = version,
        .details = pl_file_details_keep(c->arena, &details),
        .requires_python = package->requires_python,
        .kind = PL_FILE_SDIST,
        .has_sha256 = file->sha256.len > 0,
    };
    if (!pl_str_ends(file->name, ".whl"))
        return file->name.len;
    out->kind = PL_FILE_WHEEL;
    return read_tags(c->arena, file->name, &out->wheel);
}

/* The torch indexes do not say when a file was uploaded. */
static bool is_from_torch(const struct pl_lock_package *package)
{
    return !package->file.upload_time.len;
}

/* The lock's own page of a project: what an index could have said. */
static struct pl_page *make_page(struct checker *c,
                                 const struct pl_lock_package *package)
{
    struct pl_version *version = pl_new(c->arena, struct pl_version);
    struct pl_page *page = pl_new(c->arena, struct pl_page);
    struct pl_file *files =
        pl_new_array(c->arena, struct pl_file, package->more_count + 1);
    *page = (struct pl_page){.project = package->name,
                             .index_url = package->index,
                             .is_torch = is_from_torch(package),
                             .files = files};
    if (!pl_version_parse_view(c->arena, package->version, version, NULL))
        return NULL;
    page->file_count = add_file(c, package, &package->file, version, page,
                                &files[page->file_count]);
    for (size_t i = 0; i < package->more_count; i++)
        page->file_count += add_file(c, package, &package->more[i], version,
                                     page, &files[page->file_count]);
    return page->file_count ? page : NULL;
}

/* What it needs, as far as the lock says: the names of other entries. */
static const struct pl_metadata *
make_metadata(struct checker *c, const struct pl_lock_package *package)
{
    size_t count = package->dependency_count;
    struct pl_metadata *metadata = pl_new(c->arena, struct pl_metadata);
    struct pl_requirement *requires =
        pl_new_array(c->arena, struct pl_requirement, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_str name = package->dependencies[i];
        requires[i] = (struct pl_requirement){
            .text = name, .written_name = name, .name = name};
    }
    *metadata =
        (struct pl_metadata){.requires = requires, .require_count = count};
    return metadata;
}

static void tell_no_candidate(struct checker *c, const struct entry *entry)
{
    const struct pl_lock_package *package = entry->package;
    const struct pl_project *project = entry->project;
    if (!project->excluded.len) {
        pl_lock_find(c->out, PL_TROUBLE_ENTRY, package->span,
                     "the template has %.*s %.*s already",
                     PL_STR_ARG(package->name), PL_STR_ARG(package->version));
        return;
    }
    pl_lock_find(c->out, PL_TROUBLE_ENTRY, package->span, "%.*s %.*s %s",
                 PL_STR_ARG(package->name), PL_STR_ARG(package->version),
                 excluded_text(project->excluded.at[0].why));
}

static void fill_entry(struct checker *c, struct entry *entry)
{
    struct pl_project *project = entry->project;
    struct pl_page *page = make_page(c, entry->package);
    if (!page && c->lock->is_foreign && entry->package->source != PL_LOCK_FILES)
        return; /* only building it tells what it is */
    if (!page) {
        pl_lock_find(c->out, PL_TROUBLE_ENTRY, entry->package->span,
                     "`%.*s` has no version and file that can be checked",
                     PL_STR_ARG(entry->package->name));
        return;
    }
    pl_candidates_fill(c->problem, project, page);
    for (size_t i = 0; i < project->candidate_count; i++)
        if (!project->candidates[i].fact)
            entry->candidate = &project->candidates[i];
    if (!entry->candidate) {
        tell_no_candidate(c, entry);
        return;
    }
    entry->candidate->state = PL_CANDIDATE_READ;
    entry->candidate->metadata = make_metadata(c, entry->package);
}

static bool is_for(const struct checker *c,
                   const struct pl_lock_package *package)
{
    const struct pl_marker *marker;
    return !package->marker.len ||
           (pl_marker_parse(c->arena, package->marker, &marker, NULL) &&
            pl_marker_eval(marker, &c->problem->env, (struct pl_str){0}));
}

static void check_protected(struct checker *c, const struct entry *entry)
{
    const struct pl_fact *fact = entry->project->fact;
    if (!fact || !pl_fact_is_hard(c->problem, fact))
        return;
    struct pl_str version = pl_version_text(c->arena, &fact->version);
    pl_lock_find(c->out, PL_TROUBLE_PROTECTED, entry->package->span,
                 "%.*s %.*s would replace the template's %.*s, which is "
                 "protected",
                 PL_STR_ARG(entry->package->name),
                 PL_STR_ARG(entry->package->version), PL_STR_ARG(version));
}

/* Another tool locks what is there already; installing leaves it alone. */
static bool is_fact_itself(struct checker *c,
                           const struct pl_lock_package *package)
{
    struct pl_version version;
    const struct pl_fact *fact =
        c->problem->template
            ? pl_template_fact(c->problem->template, package->name)
            : NULL;
    return c->lock->is_foreign && fact &&
           pl_version_parse_view(c->arena, package->version, &version, NULL) &&
           pl_version_cmp(&version, &fact->version) == 0;
}

static void add_entries(struct checker *c)
{
    c->entries = pl_new_array(c->arena, struct entry, c->lock->package_count);
    for (size_t i = 0; i < c->lock->package_count; i++) {
        const struct pl_lock_package *package = &c->lock->packages[i];
        if (!is_for(c, package) || is_fact_itself(c, package))
            continue;
        if (entry_of(c, package->name)) {
            pl_lock_find(c->out, PL_TROUBLE_ENTRY, package->span,
                         "`%.*s` has two entries", PL_STR_ARG(package->name));
            continue;
        }
        struct entry *entry = &c->entries[c->entry_count++];
        *entry = (struct entry){
            .package = package,
            .project = pl_problem_project(c->problem, package->name),
        };
        pl_map_put(&c->by_name, package->name, entry);
        check_protected(c, entry);
        fill_entry(c, entry);
    }
}

/* ---- what is in force, and whether it is met ---- */

static bool is_met(const struct checker *c, const struct pl_demand *demand)
{
    const struct entry *entry = entry_of(c, demand->project->name);
    if (!entry)
        return demand->project->fact &&
               pl_demand_matches_fact(demand, demand->project->fact);
    return !entry->candidate ||
           pl_demand_matches(demand, (size_t)(entry->candidate -
                                              demand->project->candidates));
}

/* What is there instead: "the lock has 2.1.0", and where. */
static void tell_unmet(struct checker *c, enum pl_lock_trouble trouble,
                       struct pl_span asked, struct pl_str who,
                       const struct pl_demand *demand)
{
    const struct entry *entry = entry_of(c, demand->project->name);
    const struct pl_fact *fact = demand->project->fact;
    struct pl_span span = entry ? entry->package->span : asked;
    struct pl_str version = {0};
    if (entry)
        version = entry->package->version;
    else if (fact)
        version = pl_version_text(c->arena, &fact->version);
    struct pl_lock_finding *finding =
        pl_lock_find(c->out, trouble, span, "%.*s asks for `%.*s`",
                     PL_STR_ARG(who), PL_STR_ARG(demand->text));
    if (version.len)
        pl_error_because(&finding->told, "%s has %.*s",
                         entry ? "the lock" : "the template",
                         PL_STR_ARG(version));
    else
        pl_error_because(&finding->told,
                         "neither the lock nor the template has it");
}

static void activate(struct checker *c, struct pl_project *project,
                     struct pl_str extra)
{
    struct pl_str key = pl_arena_printf(
        c->arena, "%.*s[%.*s]", PL_STR_ARG(project->name), PL_STR_ARG(extra));
    if (pl_map_get(&c->reached, key))
        return;
    pl_map_put(&c->reached, key, project);
    pl_vec_push(c->arena, &c->active, (struct active){project, extra});
    struct entry *entry = entry_of(c, project->name);
    if (entry)
        entry->is_reached = true;
}

static void activate_demand(struct checker *c, const struct pl_demand *demand)
{
    activate(c, demand->project, (struct pl_str){0});
    if (demand->extra.len)
        activate(c, demand->project, demand->extra);
}

static struct pl_candidate *final_of(const struct checker *c,
                                     const struct pl_project *project)
{
    const struct entry *entry = entry_of(c, project->name);
    if (entry)
        return entry->candidate;
    return project->fact ? &project->candidates[pl_project_fact_index(project)]
                         : NULL;
}

/* What is no candidate leads on all the same: one finding is enough. */
static void follow_names(struct checker *c, const struct entry *entry)
{
    const struct pl_lock_package *package = entry->package;
    for (size_t i = 0; i < package->dependency_count; i++)
        activate(c, pl_problem_project(c->problem, package->dependencies[i]),
                 (struct pl_str){0});
}

static void follow(struct checker *c, struct active active)
{
    struct pl_candidate *candidate = final_of(c, active.project);
    const struct entry *entry = entry_of(c, active.project->name);
    if (entry && !candidate)
        follow_names(c, entry);
    if (!candidate)
        return;
    const struct pl_needs *needs =
        pl_candidate_needs(c->problem, candidate, active.extra);
    for (size_t i = 0; needs && i < needs->count; i++) {
        struct pl_demand *demand = needs->demands[i];
        if (candidate->fact && !is_met(c, demand)) {
            struct pl_str who =
                pl_arena_printf(c->arena, "the template's %.*s",
                                PL_STR_ARG(active.project->name));
            tell_unmet(c, PL_TROUBLE_BROKEN, c->lock->places.tool, who, demand);
        }
        activate_demand(c, demand);
    }
}

static void follow_all(struct checker *c, size_t *done)
{
    while (*done < c->active.len)
        follow(c, c->active.at[(*done)++]);
}

static void check_roots(struct checker *c)
{
    for (size_t i = 0; i < c->problem->roots.len; i++) {
        const struct pl_root *root = &c->problem->roots.at[i];
        if (!is_met(c, root->demand))
            tell_unmet(c, PL_TROUBLE_REQUIREMENT, root->asked->span,
                       root->asked->where, root->demand);
        activate_demand(c, root->demand);
    }
}

static void activate_facts(struct checker *c)
{
    const struct pl_template *template = c->problem->template;
    for (size_t i = 0; template && i < template->fact_count; i++)
        activate(c, pl_problem_project(c->problem, template->facts[i].name),
                 (struct pl_str){0});
}

/* An entry may need an extra of a fact, which only its metadata says. */
static bool may_come_from_fact(const struct checker *c, struct pl_str name)
{
    const struct pl_template *template = c->problem->template;
    for (size_t i = 0; template && i < template->fact_count; i++) {
        const struct pl_fact *fact = &template->facts[i];
        for (size_t n = 0; n < fact->require_count; n++)
            if (pl_str_eq(fact->requires[n].name, name) &&
                !entry_of(c, fact->name))
                return true;
    }
    return false;
}

static void check_reached(struct checker *c, size_t *done)
{
    for (size_t i = 0; i < c->entry_count; i++) {
        struct entry *entry = &c->entries[i];
        if (!entry->is_reached && may_come_from_fact(c, entry->package->name)) {
            activate(c, entry->project, (struct pl_str){0});
            follow_all(c, done);
        }
    }
    for (size_t i = 0; i < c->entry_count; i++)
        if (!c->entries[i].is_reached && !c->lock->is_foreign)
            pl_lock_find(c->out, PL_TROUBLE_UNASKED,
                         c->entries[i].package->span, "nothing asks for `%.*s`",
                         PL_STR_ARG(c->entries[i].package->name));
}

static void check_requirements(struct checker *c)
{
    size_t done = 0;
    check_roots(c);
    activate_facts(c);
    follow_all(c, &done);
    check_reached(c, &done);
}

/* ---- rules ---- */

static bool candidate_in(const struct pl_candidate *candidate,
                         const struct pl_specifier *specifier)
{
    return candidate->fact ? pl_fact_meets(candidate->fact, specifier)
                           : pl_specifier_match(specifier, candidate->version);
}

static struct pl_candidate *final_named(const struct checker *c,
                                        struct pl_str name)
{
    const struct pl_project *project = pl_map_get(&c->problem->projects, name);
    return project ? final_of(c, project) : NULL;
}

/* Two facts that stay were as broken before: nothing of the lock's doing. */
static void check_rule(struct checker *c, const struct pl_abi_rule *rule)
{
    const struct pl_candidate *package = final_named(c, rule->package);
    const struct pl_candidate *other = final_named(c, rule->other);
    if (!package || !other || (package->fact && other->fact) ||
        !candidate_in(package, &rule->versions) ||
        candidate_in(other, &rule->other_versions) == rule->is_requires)
        return;
    struct pl_str name = package->fact ? rule->other : rule->package;
    struct pl_str left = pl_version_text(c->arena, package->version);
    struct pl_str right = pl_version_text(c->arena, other->version);
    struct pl_lock_finding *finding = pl_lock_find(
        c->out, PL_TROUBLE_RULE, entry_of(c, name)->package->span,
        "%.*s %.*s does not work with %.*s %.*s: rule %.*s",
        PL_STR_ARG(rule->package), PL_STR_ARG(left), PL_STR_ARG(rule->other),
        PL_STR_ARG(right), PL_STR_ARG(rule->id));
    finding->told.because = rule->reason;
}

/* ---- what the lock says of the template ---- */

static const struct pl_lock_replaced *replaced_row(const struct checker *c,
                                                   struct pl_str name)
{
    for (size_t i = 0; i < c->lock->replaced_count; i++)
        if (pl_str_eq(c->lock->replaced[i].name, name))
            return &c->lock->replaced[i];
    return NULL;
}

static void check_replacement(struct checker *c, const struct entry *entry)
{
    const struct pl_fact *fact = entry->project->fact;
    const struct pl_lock_replaced *row = replaced_row(c, entry->package->name);
    if (!fact)
        return;
    struct pl_str from = pl_version_text(c->arena, &fact->version);
    if (!row || !pl_str_eq(row->from, from) ||
        !pl_str_eq(row->to, entry->package->version))
        pl_lock_find(c->out, PL_TROUBLE_REPLACED, entry->package->span,
                     "%.*s %.*s replaces the template's %.*s, which "
                     "`replaced` does not say",
                     PL_STR_ARG(entry->package->name),
                     PL_STR_ARG(entry->package->version), PL_STR_ARG(from));
}

static void check_replaced(struct checker *c)
{
    for (size_t i = 0; i < c->entry_count; i++)
        check_replacement(c, &c->entries[i]);
    for (size_t i = 0; i < c->lock->replaced_count; i++) {
        struct pl_str name = c->lock->replaced[i].name;
        const struct entry *entry = entry_of(c, name);
        if (!entry || !entry->project->fact)
            pl_lock_find(c->out, PL_TROUBLE_REPLACED, c->lock->places.replaced,
                         "`replaced` has `%.*s`, which %s", PL_STR_ARG(name),
                         entry ? "the template does not have" : "has no entry");
    }
}

/* Of facts that are not as they were, the template's own finding tells. */
static void check_provided(struct checker *c)
{
    const struct pl_template *template = c->problem->template;
    if (template && !pl_str_eq(template->digest, c->lock->template_digest))
        return;
    for (size_t i = 0; i < c->lock->provided_count; i++) {
        const struct pl_lock_provided *row = &c->lock->provided[i];
        const struct pl_fact *fact =
            template ? pl_template_fact(template, row->name) : NULL;
        if (!fact || entry_of(c, row->name) ||
            !pl_str_eq(pl_version_text(c->arena, &fact->version), row->version))
            pl_lock_find(c->out, PL_TROUBLE_PROVIDED, c->lock->places.provided,
                         "`provided` has %.*s %.*s, which is not what the "
                         "template keeps",
                         PL_STR_ARG(row->name), PL_STR_ARG(row->version));
    }
}

/* ---- the target ---- */

static bool fits_environment(struct checker *c)
{
    const struct pl_marker *marker;
    for (size_t i = 0; i < c->lock->environment_count; i++)
        if (pl_marker_parse(c->arena, c->lock->environments[i], &marker,
                            NULL) &&
            pl_marker_eval(marker, &c->problem->env, (struct pl_str){0}))
            return true;
    return !c->lock->environment_count;
}

static void check_environment(struct checker *c)
{
    const struct pl_env *env = &c->problem->env;
    struct pl_specifier allowed;
    if (!fits_environment(c))
        pl_lock_find(c->out, PL_TROUBLE_ENVIRONMENT,
                     c->lock->places.environments,
                     "it is for another environment than Python %.*s on "
                     "Linux %.*s",
                     PL_STR_ARG(env->python_version), PL_STR_ARG(env->arch));
    if (c->lock->requires_python.len &&
        pl_specifier_parse(c->arena, c->lock->requires_python, &allowed,
                           NULL) &&
        !pl_env_allows_python(env, &allowed))
        pl_lock_find(c->out, PL_TROUBLE_ENVIRONMENT,
                     c->lock->places.requires_python,
                     "it is for Python %.*s, not %.*s",
                     PL_STR_ARG(c->lock->requires_python),
                     PL_STR_ARG(env->python_version));
}

bool pl_lock_check_answer(const struct pl_lock *lock,
                          struct pl_problem *problem,
                          struct pl_lock_findings *findings,
                          struct pl_error *err)
{
    struct checker c = {
        .problem = problem,
        .arena = problem->arena,
        .lock = lock,
        .out = findings,
        .by_name = {.arena = problem->arena},
        .reached = {.arena = problem->arena},
    };
    if (!pl_problem_start(problem, err))
        return false;
    check_environment(&c);
    add_entries(&c);
    if (!lock->is_foreign) {
        check_replaced(&c);
        check_provided(&c);
    }
    check_requirements(&c);
    for (size_t i = 0; i < problem->rule_count; i++)
        check_rule(&c, problem->rules[i]);
    return true;
}
