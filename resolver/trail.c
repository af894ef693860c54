#include "resolver/trail.h"

#include "core/digest.h"
#include "core/limits.h"
#include "pep/name.h"
#include "resolver/decide.h"

/* ---- reading ---- */

/* Only what can stand in a version, so that nothing odd is compared with. */
static bool take_version(struct pl_arena *arena, struct pl_str line,
                         struct pl_trail_project *project)
{
    struct pl_trail_version version = {.text = pl_str_sub(line, 1, line.len)};
    version.decided = pl_str_starts(version.text, "*");
    version.unread = pl_str_starts(version.text, "-");
    if (version.decided || version.unread)
        version.text = pl_str_sub(version.text, 1, version.text.len);
    if (!version.text.len || version.text.len > PL_MAX_VERSION_BYTES)
        return false;
    pl_vec_push(arena, &project->versions, version);
    return true;
}

static struct pl_trail_project *take_project(struct pl_str line,
                                             struct pl_map *out)
{
    if (!pl_name_valid(line) || !pl_name_is_normal(line))
        return NULL;
    void **slot = pl_map_slot(out, line);
    if (*slot)
        return NULL;
    struct pl_trail_project *project =
        pl_new(out->arena, struct pl_trail_project);
    project->name = line;
    project->decided = SIZE_MAX;
    *slot = project;
    return project;
}

bool pl_trail_read(struct pl_str payload, struct pl_map *out)
{
    struct pl_trail_project *project = NULL;
    struct pl_str rest = payload, line;
    if (payload.len > PL_MAX_TRAIL_BYTES || !pl_str_cut(&rest, '\n', &line) ||
        !pl_str_is(line, PL_TRAIL_HEAD))
        return false;
    while (pl_str_cut(&rest, '\n', &line) && line.len) {
        bool is_version = pl_str_starts(line, " ");
        if (!is_version)
            project = take_project(line, out);
        if (!project ||
            (is_version && !take_version(out->arena, line, project)))
            break;
    }
    return true;
}

/* ---- writing ---- */

/* NULL: it has no part in the trail. */
static const char *mark_of(const struct pl_project *project, size_t i,
                           size_t decided)
{
    const struct pl_candidate *candidate = &project->candidates[i];
    if (candidate->fact)
        return NULL;
    if (i == decided)
        return " *";
    if (candidate->state == PL_CANDIDATE_UNUSABLE)
        return " ";
    if (!pl_bits_has(project->loaded, i))
        return NULL;
    return candidate->state == PL_CANDIDATE_READ ? " " : " -";
}

static void write_project(const struct pl_project *project, size_t decided,
                          struct pl_buf *out)
{
    pl_buf_add_str(out, project->name);
    pl_buf_add_char(out, '\n');
    for (size_t i = 0; i < project->candidate_count; i++) {
        const char *mark = mark_of(project, i, decided);
        if (!mark)
            continue;
        pl_buf_add_cstr(out, mark);
        pl_buf_add_str(out, project->candidates[i].version->text);
        pl_buf_add_char(out, '\n');
    }
}

void pl_trail_write(const struct pl_problem *problem,
                    const struct pl_pool *pool,
                    const struct pl_decision *decision, struct pl_buf *out)
{
    PL_ARENA(scratch);
    size_t count = pl_problem_project_count(problem);
    size_t *decided = pl_new_array(&scratch, size_t, count);
    for (size_t i = 0; i < count; i++)
        decided[i] = SIZE_MAX;
    for (size_t i = 0; i < decision->order.len; i++) {
        const struct pl_decided *d = &decision->order.at[i];
        const struct pl_pool_project *pp = pl_pool_project(pool, d->project);
        decided[d->project->number] = pp->options.at[d->option].first;
    }
    pl_buf_add_cstr(out, PL_TRAIL_HEAD "\n");
    for (size_t i = 0; i < count; i++) {
        const struct pl_project *project = pl_problem_project_at(problem, i);
        if (pl_pool_project(pool, project) &&
            (project->page_state == PL_PAGE_READ ||
             project->page_state == PL_PAGE_ABSENT))
            write_project(project, decided[i], out);
    }
}

/* ---- its name ---- */

static void add_line(struct pl_buf *out, struct pl_str text)
{
    pl_buf_add_str(out, text);
    pl_buf_add_char(out, '\n');
}

static void add_asked(struct pl_buf *out, const struct pl_asked *asked,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_line(out, asked[i].req.text);
    pl_buf_add_char(out, '\n');
}

static void add_names(struct pl_buf *out, const struct pl_str *names,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_line(out, names[i]);
    pl_buf_add_char(out, '\n');
}

static void add_policy(struct pl_buf *out, const struct pl_policy *policy)
{
    pl_buf_addf(out, "%d %d %d %d %d %d %d\n", (int)policy->prerelease,
                (int)policy->resolution, (int)policy->replace, policy->no_deps,
                policy->allow_replace_all, policy->no_binary.all,
                policy->only_binary.all);
    /* the day alone: "a week ago" must not be another question each second */
    add_line(out, pl_str_sub(policy->exclude_newer, 0, strlen("2026-11-22")));
    add_names(out, policy->no_binary.names.at, policy->no_binary.names.len);
    add_names(out, policy->only_binary.names.at, policy->only_binary.names.len);
    add_names(out, policy->allow_replace.at, policy->allow_replace.len);
    add_names(out, policy->allow_break.at, policy->allow_break.len);
    add_names(out, policy->exclude.at, policy->exclude.len);
}

struct pl_str pl_trail_name(const struct pl_problem *problem,
                            struct pl_str indexes)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    const struct pl_env *env = &problem->env;
    add_line(&text, indexes);
    add_line(&text, problem->template ? problem->template->digest
                                      : (struct pl_str){0});
    add_line(&text, env->python_full);
    add_line(&text, env->arch);
    pl_buf_addf(&text, "%u.%u\n", env->glibc_major, env->glibc_minor);
    add_policy(&text, &problem->policy);
    for (size_t i = 0; i < problem->rule_count; i++)
        add_line(&text, problem->rules[i]->id);
    add_asked(&text, problem->asked, problem->asked_count);
    add_asked(&text, problem->constraints, problem->constraint_count);
    add_asked(&text, problem->overrides, problem->override_count);
    struct pl_str digest = pl_sha256_hex(problem->arena, pl_buf_view(&text));
    return pl_str_sub(digest, 0, 16);
}
