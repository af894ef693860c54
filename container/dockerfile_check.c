#include "container/dockerfile_check.h"

#include <stdarg.h>

#include "container/dockerfile_internal.h"
#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"

/* ---- telling ---- */

static bool is_ignored(const struct pl_docker_check *check, const char *id)
{
    struct pl_str name = pl_str_from(id);
    const struct pl_docker_ignored *file = &check->file.ignored;
    if (pl_str_in(name, file->at, file->len) ||
        pl_str_in(name, check->q->ignored, check->q->ignored_count))
        return true;
    const struct pl_docker_instruction *at = check->instruction;
    return at && pl_str_in(name, at->ignored.at, at->ignored.len);
}

struct pl_finding *pl_docker_tell(struct pl_docker_check *check,
                                  enum pl_docker_rule rule, struct pl_span span,
                                  const char *format, ...)
{
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    struct pl_findings *findings = &check->out->findings;
    va_list args;
    if (is_ignored(check, pl_docker_rules[rule].id) ||
        findings->list.len >= PL_MAX_DOCKER_FINDINGS)
        return NULL;
    va_start(args, format);
    pl_buf_addv(&message, format, args);
    va_end(args);
    struct pl_str text = pl_buf_view(&message);
    return pl_finding_add(findings, &pl_docker_rules[rule], span, "%.*s",
                          PL_STR_ARG(text));
}

void pl_docker_edit(struct pl_docker_check *check, uint32_t begin, uint32_t end,
                    struct pl_str text)
{
    struct pl_docker_edit edit = {begin, end, text};
    pl_vec_push(check->arena, &check->out->edits, edit);
}

void pl_docker_insert(struct pl_docker_check *check,
                      const struct pl_shell_word *word, const char *text)
{
    struct pl_str written =
        pl_str_sub(word->span.source->text, word->span.begin, word->span.end);
    if (pl_str_eq(written, word->text))
        pl_docker_edit(check, word->span.end, word->span.end,
                       pl_str_from(text));
}

/* ---- variables ---- */

static struct pl_str assigned_value(const struct pl_install *install,
                                    const char *name)
{
    for (size_t i = 0; i < install->command->assigned_count; i++) {
        struct pl_str value = install->command->assigned[i].text, key;
        (void)pl_str_cut(&value, '=', &key);
        if (pl_str_is(key, name))
            return value;
    }
    return (struct pl_str){0};
}

/* "NAME=VALUE" of the image itself. */
static struct pl_str image_setting(const struct pl_template *template,
                                   const char *name)
{
    for (size_t i = 0; template && i < template->pip_setting_count; i++) {
        struct pl_str value = template->pip_settings[i], key;
        (void)pl_str_cut(&value, '=', &key);
        if (pl_str_is(key, name))
            return value;
    }
    return (struct pl_str){0};
}

struct pl_str pl_docker_setting(const struct pl_docker_check *check,
                                const struct pl_install *install,
                                const char *name)
{
    struct pl_str value = {0};
    if (install)
        value = assigned_value(install, name);
    const struct pl_docker_value *set =
        pl_docker_vars_get(&check->vars, pl_str_from(name));
    if (!value.len && set)
        return set->text;
    return value.len ? value : image_setting(check->template, name);
}

bool pl_docker_switch(const struct pl_docker_check *check,
                      const struct pl_install *install, const char *name)
{
    static const char *const no[] = {"0", "false", "no", "off", "n", "f"};
    struct pl_str value = pl_docker_setting(check, install, name);
    for (size_t i = 0; i < PL_COUNT(no); i++)
        if (pl_str_is_nocase(value, no[i]))
            return false;
    return value.len > 0;
}

/* ---- RUN ---- */

static void note_environment(struct pl_docker_check *check,
                             const struct pl_shell_command *command)
{
    struct pl_str path;
    bool sees_system;
    if (!pl_install_makes_environment(command, &path, &sees_system) ||
        sees_system)
        return;
    check->has_own = true;
    if (check->own.len < PL_MAX_DOCKER_ENVIRONMENTS)
        pl_vec_push(check->arena, &check->own, path);
    /* uv takes .venv by itself, where nothing else is said. */
    check->own_is_default |= pl_str_is(path, ".venv");
    pl_docker_note_default(check);
}

static void note_command(struct pl_docker_check *check,
                         const struct pl_shell_command *command)
{
    static const char *const fetchers[] = {"git", "curl",   "wget",    "aria2c",
                                           "aws", "gsutil", "podlock", "cp",
                                           "mv",  "ln",     "tar",     "unzip"};
    if (!command->count)
        return;
    struct pl_str name = pl_path_base(command->words[0].text);
    for (size_t i = 0; i < PL_COUNT(fetchers); i++)
        check->brings_any |= pl_str_is(name, fetchers[i]);
    for (size_t i = 1; i < command->count; i++)
        check->marker_removed |=
            pl_str_ends(command->words[i].text, "EXTERNALLY-MANAGED");
    note_environment(check, command);
}

static bool judge_script(struct pl_docker_check *check,
                         const struct pl_shell_script *script)
{
    if (!script->is_whole)
        (void)pl_docker_tell(check, PL_PD501_NOT_UNDERSTOOD,
                             check->instruction->keyword,
                             "a quote or a bracket is not closed in this RUN");
    for (size_t i = 0; i < script->len; i++) {
        struct pl_install install;
        note_command(check, &script->at[i]);
        if (pl_install_read(check->arena, &script->at[i], &install) &&
            !pl_docker_judge(check, &install))
            return false;
    }
    return true;
}

static bool read_shell(struct pl_docker_check *check,
                       const struct pl_joined *text)
{
    struct pl_shell_script script;
    return pl_shell_read(check->arena, text, &check->vars, &script,
                         check->err) &&
           judge_script(check, &script);
}

/* Has the line nothing but its heredocs, or a shell that reads them? */
static bool is_script_of_heredoc(struct pl_str text)
{
    static const char *const shells[] = {"bash",    "sh",   "/bin/bash",
                                         "/bin/sh", "dash", "zsh"};
    struct pl_str word;
    size_t at = 0;
    if (!pl_docker_next_word(text, &at, '\\', &word))
        return false;
    for (size_t i = 0; i < PL_COUNT(shells); i++)
        if (pl_str_is(word, shells[i]))
            return true;
    return pl_str_starts(word, "<<");
}

/* A script for another interpreter than a shell is not read. */
static bool is_shell_script(struct pl_str body)
{
    struct pl_str line, rest = body;
    if (!pl_str_starts(body, "#!") || !pl_str_cut(&rest, '\n', &line))
        return true;
    return pl_str_ends(pl_str_trim(line), "sh");
}

static bool judge_heredocs(struct pl_docker_check *check)
{
    const struct pl_docker_instruction *run = check->instruction;
    if (!run->heredoc_count || !is_script_of_heredoc(run->rest.text))
        return true;
    for (size_t i = 0; i < run->heredoc_count; i++)
        if (is_shell_script(run->heredocs[i].body.text) &&
            !read_shell(check, &run->heredocs[i].body))
            return false;
    return true;
}

static bool judge_run(struct pl_docker_check *check)
{
    const struct pl_docker_instruction *run = check->instruction;
    struct pl_shell_script script;
    pl_docker_take_mounts(check);
    if (run->is_json) {
        struct pl_span span = pl_joined_span(&run->rest, 0, run->rest.text.len);
        return pl_shell_read_json(check->arena, run->json, run->json_count,
                                  span, &check->vars, &script, check->err) &&
               judge_script(check, &script);
    }
    if (!check->is_shell)
        return true;
    return read_shell(check, &run->rest) && judge_heredocs(check);
}

/* ---- the other instructions ---- */

static void take_shell(struct pl_docker_check *check)
{
    static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ash"};
    const struct pl_docker_instruction *shell = check->instruction;
    if (!shell->is_json || !shell->json_count)
        return;
    struct pl_str name = pl_path_base(shell->json[0]);
    check->is_shell = false;
    /* `conda run ... bash -c` and the like. */
    for (size_t i = 0; i < PL_COUNT(shells); i++)
        check->is_shell |= pl_str_is(name, shells[i]);
    check->is_shell |= pl_str_ends(name, "conda") || pl_str_ends(name, "mamba");
    if (!check->is_shell)
        (void)pl_docker_tell(check, PL_PD501_NOT_UNDERSTOOD, shell->keyword,
                             "RUN lines for `%.*s` are not read",
                             PL_STR_ARG(name));
}

static bool judge_instruction(struct pl_docker_check *check)
{
    switch (check->instruction->kind) {
    case PL_DOCKER_ARG:
        pl_docker_vars_take(&check->vars, &check->stages.global,
                            check->file.escape, check->instruction);
        return true;
    case PL_DOCKER_ENV:
        pl_docker_vars_take(&check->vars, NULL, check->file.escape,
                            check->instruction);
        pl_docker_judge_env(check);
        return true;
    case PL_DOCKER_ADD:
    case PL_DOCKER_COPY:
        pl_docker_take_copy(check);
        return true;
    case PL_DOCKER_RUN:
        return judge_run(check);
    case PL_DOCKER_SHELL:
        take_shell(check);
        return true;
    case PL_DOCKER_CMD:
    case PL_DOCKER_ENTRYPOINT:
    case PL_DOCKER_FROM:
    case PL_DOCKER_USER:
    case PL_DOCKER_WORKDIR:
    case PL_DOCKER_OTHER:
        return true;
    }
    return true;
}

static bool judge_stages(struct pl_docker_check *check)
{
    for (size_t i = 0; i < check->stages.chain_count; i++) {
        const struct pl_docker_stage *stage =
            &check->stages.at[check->stages.chain[i]];
        for (size_t k = stage->from + 1; k < stage->end; k++) {
            check->instruction = &check->file.at[k];
            if (!judge_instruction(check))
                return false;
        }
    }
    return true;
}

/* ---- the end ---- */

/* What another stage installs can be copied out of it. */
static bool copies_from_stage(const struct pl_docker_check *check)
{
    struct pl_str from;
    for (size_t i = 0; i < check->stages.chain_count; i++) {
        const struct pl_docker_stage *stage =
            &check->stages.at[check->stages.chain[i]];
        for (size_t k = stage->from + 1; k < stage->end; k++)
            if (check->file.at[k].kind == PL_DOCKER_COPY &&
                pl_docker_flag(&check->file.at[k], "from", &from) &&
                pl_docker_stages_find(&check->stages, from,
                                      check->stages.count - 1) !=
                    PL_DOCKER_NO_STAGE)
                return true;
    }
    return false;
}

static void tell_not_installed(struct pl_docker_check *check)
{
    const struct pl_lock *lock = check->q->lock;
    const struct pl_docker_stage *last =
        &check->stages.at[check->stages.count - 1];
    if (!lock || !lock->package_count || check->lock_installed ||
        copies_from_stage(check))
        return;
    check->instruction = &check->file.at[last->from];
    struct pl_str name = pl_path_base(check->q->lock_name);
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD201_NOT_INSTALLED, last->span,
                       "nothing installs %.*s in this image", PL_STR_ARG(name));
    if (!f)
        return;
    struct pl_str line = pl_lock_install_line(check->arena, lock, name);
    pl_error_hint(&f->told, "COPY %.*s ./ and RUN %.*s", PL_STR_ARG(name),
                  PL_STR_ARG(line));
}

static int by_place(const void *a, const void *b)
{
    const struct pl_finding *x = a, *y = b;
    if (x->told.span.begin != y->told.span.begin)
        return x->told.span.begin < y->told.span.begin ? -1 : 1;
    return strcmp(x->rule->id, y->rule->id);
}

static int edit_by_place(const void *a, const void *b)
{
    const struct pl_docker_edit *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return pl_str_cmp(x->text, y->text);
}

/* In order; of edits that touch the same bytes, or are the same, the first. */
static void sort_all(struct pl_docker_verdict *out)
{
    size_t kept = 0;
    if (out->findings.list.len)
        qsort(out->findings.list.at, out->findings.list.len,
              sizeof(out->findings.list.at[0]), by_place);
    if (out->edits.len)
        qsort(out->edits.at, out->edits.len, sizeof(out->edits.at[0]),
              edit_by_place);
    for (size_t i = 0; i < out->edits.len; i++) {
        const struct pl_docker_edit *edit = &out->edits.at[i];
        if (kept && (edit->begin < out->edits.at[kept - 1].end ||
                     !edit_by_place(edit, &out->edits.at[kept - 1])))
            continue;
        out->edits.at[kept++] = *edit;
    }
    out->edits.len = kept;
}

bool pl_dockerfile_check(struct pl_arena *arena,
                         const struct pl_docker_question *q,
                         struct pl_docker_verdict *out, struct pl_error *err)
{
    struct pl_docker_verdict verdict = {.findings = {.arena = arena}};
    struct pl_docker_check check = {
        .arena = arena, .q = q, .out = &verdict, .is_shell = true, .err = err};
    check.vars.arena = arena;
    check.vars.work = pl_new(arena, size_t);
    if (!pl_dockerfile_read(arena, q->source, &check.file, err) ||
        !pl_docker_stages_read(arena, &check.file, &check.stages, err) ||
        !pl_torch_family_load(arena, &check.family, err) ||
        !pl_docker_judge_image(&check))
        return false;
    pl_docker_tell_image(&check);
    if (!judge_stages(&check))
        return false;
    tell_not_installed(&check);
    sort_all(&verdict);
    *out = verdict;
    return true;
}
