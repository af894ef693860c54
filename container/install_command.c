#include "container/install_command.h"

#include "container/install_options.h"
#include "core/file.h"
#include "pep/name.h"
#include "pep/wheelname.h"

struct reader {
    struct pl_arena *arena;
    const struct pl_shell_command *command;
    const struct pl_install_option *options;
    size_t option_count;
    size_t at; /* the next word */
    struct pl_install *out;
};

static struct pl_str word_text(const struct pl_shell_command *command, size_t i)
{
    return i < command->count ? command->words[i].text : (struct pl_str){0};
}

/* ---- what is to be installed ---- */

static size_t name_length(struct pl_str text)
{
    size_t len = 0;
    while (len < text.len &&
           (pl_is_alnum(text.at[len]) || strchr("-_.", text.at[len])))
        len++;
    return len;
}

/* Of "torch==$V" the name is known: it ended before what is not. */
static void take_name(struct reader *r, struct pl_install_target *target,
                      size_t clear)
{
    size_t len = name_length(target->text);
    struct pl_str name = pl_str_sub(target->text, 0, len);
    if (len < clear && pl_name_valid(name))
        target->name = pl_name_normalize(r->arena, name);
}

static void take_wheel(struct reader *r, struct pl_install_target *target)
{
    struct pl_wheelname wheel;
    struct pl_str text = target->text;
    text = pl_str_sub(text, 0, pl_str_find(text, '#'));
    text = pl_str_sub(text, 0, pl_str_find(text, '?'));
    text = pl_path_base(text);
    size_t escaped = pl_str_find_str(text, PL_STR("%2B"));
    if (escaped < text.len)
        text = pl_arena_printf(r->arena, "%.*s+%.*s", (int)escaped, text.at,
                               (int)(text.len - escaped - 3),
                               text.at + escaped + 3);
    if (!pl_wheelname_parse(r->arena, text, &wheel, NULL))
        return;
    target->name = wheel.name;
    target->version = wheel.version;
    target->has_version = true;
}

static bool is_url(struct pl_str text)
{
    return pl_str_find_str(text, PL_STR("://")) < text.len ||
           pl_str_starts(text, "git+");
}

static bool is_path(struct pl_str text)
{
    return pl_str_starts(text, ".") || pl_str_starts(text, "/") ||
           pl_str_starts(text, "~") || pl_str_ends(text, ".whl") ||
           pl_str_ends(text, ".tar.gz") || pl_str_ends(text, ".zip") ||
           (pl_str_has(text, '/') && !pl_str_has(text, '@'));
}

static void classify(struct reader *r, struct pl_install_target *target)
{
    const struct pl_shell_word *word = target->word;
    struct pl_str text = target->text;
    if (word->is_known &&
        pl_requirement_parse(r->arena, text, &target->requirement, NULL)) {
        target->has_requirement = true;
        target->name = target->requirement.name;
        if (target->requirement.url.len) {
            struct pl_str name = target->name;
            target->text = target->requirement.url;
            take_wheel(r, target);
            target->text = text;
            target->name = name;
        }
    } else if (is_url(text)) {
        target->kind = PL_TARGET_URL;
        take_wheel(r, target);
    } else if (word->is_known && is_path(text)) {
        target->kind = PL_TARGET_PATH;
        take_wheel(r, target);
    } else if (!word->is_known && !word->clear) {
        target->kind = PL_TARGET_UNKNOWN;
    } else {
        take_name(r, target, word->is_known ? text.len + 1 : word->clear);
    }
}

static void add_target(struct reader *r, enum pl_target_kind kind,
                       const struct pl_shell_word *word, struct pl_str text)
{
    struct pl_install_target target = {
        .kind = kind, .word = word, .text = text};
    if (kind == PL_TARGET_REQUIREMENT)
        classify(r, &target);
    pl_vec_push(r->arena, &r->out->targets, target);
}

/* ---- options ---- */

static const struct pl_install_option *find_long(const struct reader *r,
                                                 struct pl_str name)
{
    for (size_t i = 0; i < r->option_count; i++)
        if (pl_str_is(name, r->options[i].name))
            return &r->options[i];
    return NULL;
}

static const struct pl_install_option *find_letter(const struct reader *r,
                                                   char letter)
{
    for (size_t i = 0; i < r->option_count; i++)
        if (r->options[i].letter == letter)
            return &r->options[i];
    return NULL;
}

static bool takes_value(const struct pl_install_option *option)
{
    switch (option->kind) {
    case PL_INSTALL_OPTION_VALUE:
    case PL_INSTALL_OPTION_FILE:
    case PL_INSTALL_OPTION_CONSTRAINT:
    case PL_INSTALL_OPTION_EDITABLE:
    case PL_INSTALL_OPTION_UPGRADE_ONE:
    case PL_INSTALL_OPTION_STRATEGY:
    case PL_INSTALL_OPTION_PYTHON:
    case PL_INSTALL_OPTION_ELSEWHERE:
    case PL_INSTALL_OPTION_INDEX:
    case PL_INSTALL_OPTION_EXTRA_INDEX:
    case PL_INSTALL_OPTION_ENVIRONMENT:
        return true;
    case PL_INSTALL_OPTION_UPGRADE:
    case PL_INSTALL_OPTION_FORCE:
    case PL_INSTALL_OPTION_IGNORE_INSTALLED:
    case PL_INSTALL_OPTION_NO_DEPS:
    case PL_INSTALL_OPTION_HASHES:
    case PL_INSTALL_OPTION_BREAK_SYSTEM:
    case PL_INSTALL_OPTION_SYSTEM:
    case PL_INSTALL_OPTION_USER:
    case PL_INSTALL_OPTION_PRE:
    case PL_INSTALL_OPTION_DRY_RUN:
    case PL_INSTALL_OPTION_NO_CACHE:
        return false;
    }
    return false;
}

static void take_flag(struct reader *r, enum pl_install_option_kind kind,
                      const struct pl_shell_word *word)
{
    struct pl_install *out = r->out;
    if (kind == PL_INSTALL_OPTION_UPGRADE)
        out->upgrade_word = word;
    if (kind == PL_INSTALL_OPTION_FORCE ||
        kind == PL_INSTALL_OPTION_IGNORE_INSTALLED)
        out->force_word = word;
    out->upgrade |= kind == PL_INSTALL_OPTION_UPGRADE;
    out->force |= kind == PL_INSTALL_OPTION_FORCE;
    out->ignore_installed |= kind == PL_INSTALL_OPTION_IGNORE_INSTALLED;
    out->no_deps |= kind == PL_INSTALL_OPTION_NO_DEPS;
    out->require_hashes |= kind == PL_INSTALL_OPTION_HASHES;
    out->break_system |= kind == PL_INSTALL_OPTION_BREAK_SYSTEM;
    out->system |= kind == PL_INSTALL_OPTION_SYSTEM;
    out->elsewhere |=
        kind == PL_INSTALL_OPTION_ELSEWHERE || kind == PL_INSTALL_OPTION_USER;
    out->user |= kind == PL_INSTALL_OPTION_USER;
    out->pre |= kind == PL_INSTALL_OPTION_PRE;
    out->dry_run |= kind == PL_INSTALL_OPTION_DRY_RUN;
    out->no_cache |= kind == PL_INSTALL_OPTION_NO_CACHE;
    out->picks_python |= kind == PL_INSTALL_OPTION_PYTHON;
}

/* "3.11" of "3.11", "python3.11", "/usr/bin/python3.11", "pip3.11" */
static struct pl_str python_of(struct pl_str program)
{
    struct pl_str base = pl_path_base(program);
    size_t at = 0, dots = 0;
    while (at < base.len && !pl_is_digit(base.at[at]))
        at++;
    base = pl_str_sub(base, at, base.len);
    for (size_t i = 0; i < base.len; i++) {
        if (base.at[i] != '.' && !pl_is_digit(base.at[i]))
            return (struct pl_str){0};
        dots += base.at[i] == '.';
    }
    return dots == 1 && pl_str_starts(base, "3.") ? base : (struct pl_str){0};
}

static void take_value(struct reader *r, enum pl_install_option_kind kind,
                       const struct pl_shell_word *word, struct pl_str text)
{
    struct pl_install *out = r->out;
    if (kind == PL_INSTALL_OPTION_FILE)
        add_target(r, PL_TARGET_FILE, word, text);
    if (kind == PL_INSTALL_OPTION_CONSTRAINT)
        add_target(r, PL_TARGET_CONSTRAINT, word, text);
    if (kind == PL_INSTALL_OPTION_EDITABLE)
        add_target(r, PL_TARGET_EDITABLE, word, text);
    if (kind == PL_INSTALL_OPTION_UPGRADE_ONE)
        pl_vec_push(r->arena, &out->upgraded,
                    pl_name_normalize(r->arena,
                                      pl_str_sub(text, 0, name_length(text))));
    if (kind == PL_INSTALL_OPTION_STRATEGY)
        out->eager = pl_str_is(text, "eager");
    if (kind == PL_INSTALL_OPTION_INDEX ||
        kind == PL_INSTALL_OPTION_EXTRA_INDEX)
        pl_vec_push(r->arena, &out->indexes, text);
    if (kind == PL_INSTALL_OPTION_EXTRA_INDEX)
        out->extra_index_word = word;
    if (kind == PL_INSTALL_OPTION_PYTHON)
        out->python = python_of(text);
    if (kind == PL_INSTALL_OPTION_ENVIRONMENT && !pl_str_is(text, "base"))
        out->inside = text;
}

/* The value is in the word itself (`rest`) or it is the next word. */
static void take_option(struct reader *r,
                        const struct pl_install_option *option,
                        const struct pl_shell_word *word, bool has_rest,
                        struct pl_str rest)
{
    take_flag(r, option->kind, word);
    if (!takes_value(option))
        return;
    if (!has_rest) {
        if (r->at >= r->command->count)
            return;
        word = &r->command->words[r->at++];
        rest = word->text;
    }
    take_value(r, option->kind, word, rest);
}

static void take_long(struct reader *r, const struct pl_shell_word *word)
{
    struct pl_str rest = pl_str_sub(word->text, 2, word->text.len), name;
    bool has_rest = pl_str_has(rest, '=');
    (void)pl_str_cut(&rest, '=', &name);
    const struct pl_install_option *option = find_long(r, name);
    if (option)
        take_option(r, option, word, has_rest, rest);
}

/* "-qU", "-rfile", "-r=file" */
static void take_letters(struct reader *r, const struct pl_shell_word *word)
{
    struct pl_str text = word->text;
    for (size_t i = 1; i < text.len; i++) {
        const struct pl_install_option *option = find_letter(r, text.at[i]);
        if (!option)
            continue;
        struct pl_str rest = pl_str_sub(text, i + 1, text.len);
        bool equals = pl_str_starts(rest, "=");
        bool takes = takes_value(option);
        take_option(r, option, word, rest.len > 0,
                    equals ? pl_str_sub(rest, 1, rest.len) : rest);
        if (takes)
            return;
    }
}

static void take_words(struct reader *r)
{
    bool only_words = false;
    while (r->at < r->command->count) {
        const struct pl_shell_word *word = &r->command->words[r->at++];
        struct pl_str text = word->text;
        if (!only_words && pl_str_is(text, "--"))
            only_words = true;
        else if (!only_words && pl_str_starts(text, "--"))
            take_long(r, word);
        else if (!only_words && pl_str_starts(text, "-") && text.len > 1)
            take_letters(r, word);
        else
            add_target(r, PL_TARGET_REQUIREMENT, word, text);
    }
}

/* ---- which command it is ---- */

/* Options before the verb: "pip --no-cache-dir install". */
static struct pl_str take_verb(struct reader *r)
{
    while (r->at < r->command->count) {
        const struct pl_shell_word *word = &r->command->words[r->at++];
        if (pl_str_starts(word->text, "--")) {
            take_long(r, word);
        } else if (pl_str_starts(word->text, "-")) {
            take_letters(r, word);
        } else {
            r->out->verb = word;
            return word->text;
        }
    }
    return (struct pl_str){0};
}

static void use_options(struct reader *r,
                        const struct pl_install_option *options, size_t count)
{
    r->options = options;
    r->option_count = count;
}

static bool is_pip(struct pl_str base)
{
    if (!pl_str_starts(base, "pip"))
        return false;
    for (size_t i = 3; i < base.len; i++)
        if (!pl_is_digit(base.at[i]) && base.at[i] != '.')
            return false;
    return true;
}

static bool is_python(struct pl_str base)
{
    static const char *const names[] = {"python", "pypy"};
    for (size_t k = 0; k < PL_COUNT(names); k++) {
        if (!pl_str_starts(base, names[k]))
            continue;
        for (size_t i = strlen(names[k]); i < base.len; i++)
            if (!pl_is_digit(base.at[i]) && base.at[i] != '.')
                return false;
        return true;
    }
    return false;
}

/* Behind "python -m"; options before it (-I, -u) are passed over. */
static struct pl_str module_of(struct reader *r)
{
    while (r->at < r->command->count) {
        struct pl_str text = r->command->words[r->at++].text;
        if (pl_str_is(text, "-m"))
            return word_text(r->command, r->at++);
        if (!pl_str_starts(text, "-") || pl_str_is(text, "-c"))
            break;
    }
    return (struct pl_str){0};
}

static bool read_pip(struct reader *r)
{
    use_options(r, pl_pip_options, pl_pip_option_count);
    struct pl_str verb = take_verb(r);
    r->out->tool = PL_INSTALLER_PIP;
    if (pl_str_is(verb, "uninstall")) {
        r->out->action = PL_INSTALL_REMOVE;
        return true;
    }
    return pl_str_is(verb, "install");
}

static bool read_uv_pip(struct reader *r)
{
    struct pl_str verb = take_verb(r);
    r->out->tool = PL_INSTALLER_UV;
    if (pl_str_is(verb, "uninstall"))
        r->out->action = PL_INSTALL_REMOVE;
    else if (pl_str_is(verb, "sync"))
        r->out->action = PL_INSTALL_SYNC;
    else
        return pl_str_is(verb, "install");
    return true;
}

static bool read_uv(struct reader *r)
{
    use_options(r, pl_uv_options, pl_uv_option_count);
    struct pl_str verb = take_verb(r);
    if (pl_str_is(verb, "pip"))
        return read_uv_pip(r);
    r->out->tool = PL_INSTALLER_PROJECT;
    if (pl_str_is(verb, "sync"))
        r->out->action = PL_INSTALL_SYNC;
    else if (pl_str_is(verb, "tool"))
        r->out->tool = PL_INSTALLER_PIPX;
    else
        return pl_str_is(verb, "add");
    return true;
}

static bool read_conda(struct reader *r)
{
    use_options(r, pl_conda_options, pl_conda_option_count);
    struct pl_str verb = take_verb(r);
    r->out->tool = PL_INSTALLER_CONDA;
    if (pl_str_is(verb, "remove") || pl_str_is(verb, "uninstall")) {
        r->out->action = PL_INSTALL_REMOVE;
        return true;
    }
    return pl_str_is(verb, "install") || pl_str_is(verb, "update") ||
           pl_str_is(verb, "upgrade");
}

static bool read_apt(struct reader *r)
{
    use_options(r, pl_apt_options, pl_apt_option_count);
    r->out->tool = PL_INSTALLER_APT;
    return pl_str_is(take_verb(r), "install");
}

static bool read_project(struct reader *r)
{
    use_options(r, NULL, 0);
    r->out->tool = PL_INSTALLER_PROJECT;
    struct pl_str verb = take_verb(r);
    return pl_str_is(verb, "install") || pl_str_is(verb, "add") ||
           pl_str_is(verb, "sync");
}

static bool read_pipx(struct reader *r)
{
    use_options(r, NULL, 0);
    r->out->tool = PL_INSTALLER_PIPX;
    return pl_str_is(take_verb(r), "install");
}

static bool read_tool(struct reader *r, struct pl_str name)
{
    if (is_pip(name))
        return read_pip(r);
    if (pl_str_is(name, "uv"))
        return read_uv(r);
    if (pl_str_is(name, "conda") || pl_str_is(name, "mamba") ||
        pl_str_is(name, "micromamba"))
        return read_conda(r);
    if (pl_str_is(name, "apt-get") || pl_str_is(name, "apt") ||
        pl_str_is(name, "aptitude"))
        return read_apt(r);
    if (pl_str_is(name, "poetry") || pl_str_is(name, "pdm") ||
        pl_str_is(name, "pipenv"))
        return read_project(r);
    if (pl_str_is(name, "pipx"))
        return read_pipx(r);
    return false;
}

static bool read_program(struct reader *r)
{
    struct pl_str program = word_text(r->command, 0);
    struct pl_str base = pl_path_base(program);
    r->at = 1;
    r->out->program = program;
    if (is_pip(base) || is_python(base))
        r->out->python = python_of(base);
    /* "pip3" is of no version of its own, "pip3.11" is. */
    if (!is_python(base))
        return read_tool(r, base);
    return read_tool(r, module_of(r));
}

bool pl_install_read(struct pl_arena *arena,
                     const struct pl_shell_command *command,
                     struct pl_install *out)
{
    struct pl_install install = {.command = command,
                                 .inside = command->inside,
                                 .more_words = command->more_words};
    struct reader r = {.arena = arena, .command = command, .out = &install};
    if (!command->count || !command->words[0].is_known || !read_program(&r))
        return false;
    take_words(&r);
    install.span = command->words[0].span;
    struct pl_span last = command->words[command->count - 1].span;
    if (last.end > install.span.end)
        install.span.end = last.end;
    *out = install;
    return true;
}

/* ---- environments ---- */

static struct pl_str last_argument(const struct pl_shell_command *command,
                                   size_t from)
{
    struct pl_str found = {0};
    for (size_t i = from; i < command->count; i++) {
        struct pl_str text = command->words[i].text;
        if (pl_str_is(text, "--python") || pl_str_is(text, "-p") ||
            pl_str_is(text, "--prompt"))
            i++;
        else if (!pl_str_starts(text, "-"))
            found = text;
    }
    return found;
}

bool pl_install_makes_environment(const struct pl_shell_command *command,
                                  struct pl_str *path, bool *sees_system)
{
    struct pl_str base = pl_path_base(word_text(command, 0));
    size_t from = 0;
    if (is_python(base) && pl_str_is(word_text(command, 1), "-m") &&
        (pl_str_is(word_text(command, 2), "venv") ||
         pl_str_is(word_text(command, 2), "virtualenv")))
        from = 3;
    else if (pl_str_is(base, "virtualenv"))
        from = 1;
    else if (pl_str_is(base, "uv") && pl_str_is(word_text(command, 1), "venv"))
        from = 2;
    if (!from)
        return false;
    *path = last_argument(command, from);
    if (!path->len)
        *path = PL_STR(".venv");
    *sees_system = false;
    for (size_t i = from; i < command->count; i++)
        *sees_system |=
            pl_str_is(command->words[i].text, "--system-site-packages");
    return true;
}
