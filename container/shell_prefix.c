#include "container/shell_internal.h"
#include "core/file.h"
#include "core/limits.h"

/* Programs that run the command that follows their options. */
static const struct wrapper {
    const char *name;
    const char *with_value; /* letters of options that take a word */
} wrappers[] = {
    {"builtin", ""},  {"command", ""},   {"env", "uCS"},
    {"eval", ""},     {"exec", "a"},     {"gosu", ""},
    {"ionice", "cn"}, {"nice", "n"},     {"nohup", ""},
    {"retry", "tds"}, {"stdbuf", "ioe"}, {"sudo", "ughpCTrt"},
    {"time", "fo"},   {"timeout", "ks"}, {"xargs", "aEIdLnPs"},
};

/* Of them, those whose own first word is no command: "timeout 60 pip". */
static bool has_argument(struct pl_str name)
{
    return pl_str_is(name, "timeout") || pl_str_is(name, "gosu");
}

static const struct wrapper *find_wrapper(struct pl_str name)
{
    for (size_t i = 0; i < PL_COUNT(wrappers); i++)
        if (pl_str_is(name, wrappers[i].name))
            return &wrappers[i];
    return NULL;
}

static void drop(struct pl_shell_words *words, size_t count)
{
    if (count > words->len)
        count = words->len;
    words->at += count;
    words->len -= count;
}

static bool is_assignment(const struct pl_shell_word *word)
{
    size_t equals = pl_str_find(word->text, '=');
    if (!equals || equals >= word->clear)
        return false;
    for (size_t i = 0; i < equals; i++)
        if (!pl_is_alnum(word->text.at[i]) && word->text.at[i] != '_')
            return false;
    return !pl_is_digit(word->text.at[0]);
}

static void assign(struct pl_shell_run *run, const struct pl_shell_word *word,
                   bool in_condition)
{
    struct pl_docker_value value = {.is_known = word->is_known && !in_condition,
                                    .is_env = true,
                                    .span = word->span};
    struct pl_str name;
    value.text = word->text;
    (void)pl_str_cut(&value.text, '=', &name);
    pl_docker_vars_set(&run->vars, name, value);
}

/* ---- what begins a command ---- */

static void skip_options(struct pl_shell_words *words, const char *with_value)
{
    while (words->len && pl_str_starts(words->at[0].text, "-")) {
        struct pl_str option = words->at[0].text;
        bool takes = option.len == 2 && strchr(with_value, option.at[1]);
        drop(words, takes ? 2 : 1);
        if (pl_str_is(option, "--"))
            return;
    }
}

/* `conda run -n NAME`, with the environment's name or path. */
static void unwrap_runner(struct pl_shell_words *words,
                          struct pl_shell_command *command)
{
    bool is_conda = pl_str_ends(words->at[0].text, "conda") ||
                    pl_str_ends(words->at[0].text, "mamba");
    drop(words, 2);
    while (words->len && pl_str_starts(words->at[0].text, "-")) {
        struct pl_str option = words->at[0].text;
        bool names =
            is_conda &&
            (pl_str_is(option, "-n") || pl_str_is(option, "-p") ||
             pl_str_is(option, "--name") || pl_str_is(option, "--prefix"));
        if (names && words->len > 1)
            command->inside = words->at[1].text;
        drop(words, names ? 2 : 1);
    }
    if (!is_conda)
        command->inside = PL_STR("the project's environment");
}

static bool is_runner(const struct pl_shell_words *words)
{
    static const char *const programs[] = {
        "conda", "mamba", "micromamba", "uv", "poetry", "pdm", "pipenv"};
    struct pl_str name = pl_path_base(words->at[0].text);
    if (words->len < 3 || !pl_str_is(words->at[1].text, "run"))
        return false;
    for (size_t i = 0; i < PL_COUNT(programs); i++)
        if (pl_str_is(name, programs[i]))
            return true;
    return false;
}

/* Assignments, sudo, env, time ... in any order. */
static void unwrap(struct pl_shell_run *run, struct pl_shell_words *words,
                   struct pl_shell_words *assigned,
                   struct pl_shell_command *command)
{
    while (words->len) {
        struct pl_shell_word *word = &words->at[0];
        struct pl_str name = pl_path_base(word->text);
        const struct wrapper *wrapper =
            word->is_known ? find_wrapper(name) : NULL;
        if (is_assignment(word)) {
            pl_vec_push(run->arena, assigned, *word);
            drop(words, 1);
        } else if (wrapper) {
            command->more_words |= pl_str_is(name, "xargs");
            drop(words, 1);
            skip_options(words, wrapper->with_value);
            drop(words, has_argument(name) ? 1 : 0);
        } else if (is_runner(words)) {
            unwrap_runner(words, command);
        } else {
            return;
        }
    }
}

/* ---- shells ---- */

static bool is_shell(struct pl_str program)
{
    static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ash"};
    struct pl_str name = pl_path_base(program);
    for (size_t i = 0; i < PL_COUNT(shells); i++)
        if (pl_str_is(name, shells[i]))
            return true;
    return false;
}

/* The text behind "-c", "-lc", "-euxo pipefail -c"; NULL: there is none. */
static const struct pl_shell_word *
script_word(const struct pl_shell_words *words)
{
    for (size_t i = 1; i + 1 < words->len; i++) {
        struct pl_str option = words->at[i].text;
        if (!pl_str_starts(option, "-") || pl_str_starts(option, "--"))
            continue;
        if (option.at[option.len - 1] == 'c')
            return &words->at[i + 1];
    }
    return NULL;
}

static bool read_nested(struct pl_shell_run *run,
                        const struct pl_shell_word *word)
{
    struct pl_joined text = pl_joined_fixed(word->text, word->span);
    if (run->depth >= PL_MAX_SHELL_DEPTH)
        return pl_error_set(run->err, PL_ERR_LIMIT, word->span,
                            "shells are started in one another more than %d "
                            "times",
                            PL_MAX_SHELL_DEPTH);
    run->depth++;
    bool ok = pl_shell_read_text(run, &text);
    run->depth--;
    return ok;
}

/* ---- adding ---- */

static bool sets_variables(const struct pl_shell_words *words)
{
    static const char *const names[] = {"export", "declare", "local",
                                        "readonly", "typeset"};
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (pl_str_is(words->at[0].text, names[i]))
            return true;
    return false;
}

static void assign_all(struct pl_shell_run *run,
                       const struct pl_shell_words *words, bool in_condition)
{
    for (size_t i = 0; i < words->len; i++)
        if (is_assignment(&words->at[i]))
            assign(run, &words->at[i], in_condition);
}

/* "source /venv/bin/activate", ". activate", "conda activate x" */
static bool activates(struct pl_shell_run *run,
                      const struct pl_shell_words *words)
{
    if (words->len < 2)
        return false;
    struct pl_str first = words->at[0].text, second = words->at[1].text;
    if (pl_str_is(first, "source") || pl_str_is(first, ".")) {
        if (!pl_str_ends(second, "/bin/activate"))
            return false;
        run->inside =
            pl_str_sub(second, 0, second.len - (sizeof("/bin/activate") - 1));
        return true;
    }
    struct pl_str base = pl_path_base(first);
    if (words->len < 3 || !pl_str_is(second, "activate") ||
        !(pl_str_ends(base, "conda") || pl_str_ends(base, "mamba")))
        return false;
    run->inside = words->at[2].text;
    return true;
}

static bool add_command(struct pl_shell_run *run,
                        struct pl_shell_command *command,
                        const struct pl_shell_words *words,
                        const struct pl_shell_words *assigned)
{
    if (run->out->len >= PL_MAX_SHELL_COMMANDS)
        return pl_error_set(run->err, PL_ERR_LIMIT, words->at[0].span,
                            "a file has at most %d commands",
                            PL_MAX_SHELL_COMMANDS);
    command->words = words->at;
    command->count = words->len;
    command->assigned = assigned->at;
    command->assigned_count = assigned->len;
    if (!command->inside.len)
        command->inside = run->inside;
    pl_vec_push(run->arena, run->out, *command);
    return true;
}

bool pl_shell_add(struct pl_shell_run *run, const struct pl_shell_words *given,
                  bool in_condition)
{
    struct pl_shell_words words = *given, assigned = {0};
    struct pl_shell_command command = {.in_condition = in_condition};
    unwrap(run, &words, &assigned, &command);
    if (!words.len) {
        assign_all(run, &assigned, in_condition);
        return true;
    }
    if (sets_variables(&words)) {
        assign_all(run, &words, in_condition);
        return true;
    }
    if (activates(run, &words))
        return true;
    const struct pl_shell_word *script =
        is_shell(words.at[0].text) ? script_word(&words) : NULL;
    if (script)
        return read_nested(run, script);
    return add_command(run, &command, &words, &assigned);
}

static size_t *work_of(struct pl_arena *arena, const struct pl_docker_vars *v)
{
    return v && v->work ? v->work : pl_new(arena, size_t);
}

bool pl_shell_read(struct pl_arena *arena, const struct pl_joined *text,
                   const struct pl_docker_vars *vars,
                   struct pl_shell_script *out, struct pl_error *err)
{
    struct pl_shell_script script = {.is_whole = true};
    struct pl_shell_run run = {
        .arena = arena,
        .out = &script,
        .vars = {.arena = arena, .parent = vars, .work = work_of(arena, vars)},
        .err = err};
    if (!pl_shell_read_text(&run, text))
        return false;
    *out = script;
    return true;
}

bool pl_shell_read_json(struct pl_arena *arena, const struct pl_str *words,
                        size_t count, struct pl_span span,
                        const struct pl_docker_vars *vars,
                        struct pl_shell_script *out, struct pl_error *err)
{
    struct pl_shell_script script = {.is_whole = true};
    struct pl_shell_words list = {0};
    struct pl_shell_run run = {
        .arena = arena,
        .out = &script,
        .vars = {.arena = arena, .parent = vars, .work = work_of(arena, vars)},
        .err = err};
    for (size_t i = 0; i < count; i++) {
        struct pl_shell_word word = {.text = words[i],
                                     .is_known = true,
                                     .is_quoted = true,
                                     .clear = words[i].len,
                                     .span = span};
        pl_vec_push(arena, &list, word);
    }
    if (list.len && !pl_shell_add(&run, &list, false))
        return false;
    *out = script;
    return true;
}
