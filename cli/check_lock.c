#include "cli/check_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/lock_show.h"
#include "cli/resolve_lock.h"
#include "cli/snapshot.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_header.h"

/* ---- where its inputs are ---- */

enum match { NOT_THERE, ANOTHER, SAME };

static enum match match_of(struct pl_str folder,
                           const struct pl_lock_input *input)
{
    PL_ARENA(scratch);
    struct pl_str path = pl_path_join(&scratch, folder, input->name), text;
    enum pl_file_state state;
    if (!pl_file_load(&scratch, path, PL_MAX_USER_FILE_BYTES, &text, &state,
                      NULL) ||
        state == PL_FILE_ABSENT)
        return NOT_THERE;
    return pl_str_eq(pl_sha256_hex(&scratch, text), input->sha256) ? SAME
                                                                   : ANOTHER;
}

/* Of all inputs: the worst of them. */
static enum match match_all(const struct pl_lock *lock, struct pl_str folder)
{
    enum match worst = SAME;
    for (size_t i = 0; i < lock->input_count; i++) {
        enum match match = match_of(folder, &lock->inputs[i]);
        worst = match < worst ? match : worst;
    }
    return worst;
}

static struct pl_str find_folder(const struct pl_check *check)
{
    struct pl_str here = PL_STR("."), beside = pl_path_dir(check->path);
    if (pl_str_is(check->path, "-") || pl_str_is(beside, "."))
        return here;
    return match_all(&check->lock, beside) > match_all(&check->lock, here)
               ? beside
               : here;
}

bool pl_check_enter(struct pl_str folder, int *back, struct pl_error *err)
{
    *back = -1;
    if (pl_str_is(folder, "."))
        return true;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here >= 0 && chdir(folder.at) == 0) {
        *back = here;
        return true;
    }
    pl_error_plain(err, PL_ERR_FILE, "cannot enter %.*s: %s",
                   PL_STR_ARG(folder), strerror(errno));
    if (here >= 0)
        close(here);
    return false;
}

void pl_check_leave(int back)
{
    if (back < 0)
        return;
    /* a folder that is open can be entered */
    (void)!fchdir(back);
    close(back);
}

/* ---- the command that locks again ---- */

static void add_unasked(const struct pl_check *check, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "podlock resolve FILE --template ");
    pl_escape_shell(out, check->setup.has_template ? check->setup.template.id
                                                   : PL_STR("ID"));
}

static void make_command(struct pl_cli *cli, struct pl_check *check)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct pl_str output = check->path;
    if (check->is_asked)
        pl_lock_command(&check->lock, &text);
    else
        add_unasked(check, &text);
    if (!pl_str_is(check->folder, ".")) {
        pl_buf_add_cstr(&text, " --directory ");
        pl_escape_shell(&text, check->folder);
        output = pl_path_base(check->path);
    }
    pl_buf_add_cstr(&text, " -o ");
    pl_escape_shell(&text, output);
    check->command = pl_arena_dup(cli->arena, pl_buf_view(&text));
}

/* ---- arguments ---- */

static struct pl_lock_finding *blame(struct pl_check *check,
                                     const char *message)
{
    const struct pl_lock_places *places = &check->lock.places;
    return pl_lock_find(&check->findings, PL_TROUBLE_ARGUMENTS,
                        places->arguments.source ? places->arguments
                                                 : places->tool,
                        "%s", message);
}

/* Words as a program gets them, or NULL where one of them cannot be that. */
static const char **make_words(struct pl_arena *arena,
                               const struct pl_lock *lock)
{
    const char **words =
        pl_new_array(arena, const char *, lock->argument_count + 1);
    for (size_t i = 0; i < lock->argument_count; i++) {
        if (pl_str_has(lock->arguments[i], '\0'))
            return NULL;
        words[i] = pl_arena_dup(arena, lock->arguments[i]).at;
    }
    return words;
}

static bool parse_arguments(struct pl_cli *cli, struct pl_check *check)
{
    static const char *const no_vars[] = {NULL};
    struct pl_error err = {.arena = cli->arena};
    const struct pl_option_table table = {
        pl_resolve_option_table, PL_RESOLVE_OPTION_COUNT, &check->options};
    struct pl_parsed parsed = {0};
    const char **words = make_words(cli->arena, &check->lock);
    if (!check->lock.argument_count) {
        blame(check, "it does not say which arguments it was made with");
        return false;
    }
    if (!words || !pl_options_parse(cli->arena, &table, 1, words, no_vars,
                                    "podlock resolve", &parsed, &err)) {
        blame(check, "its arguments are none of `podlock resolve`")
            ->told.because = err.message;
        return false;
    }
    check->files = parsed.args;
    return true;
}

/* ---- files outside ---- */

static bool has_up(struct pl_str path)
{
    struct pl_str rest = path, part;
    while (pl_str_cut(&rest, '/', &part))
        if (pl_str_is(part, ".."))
            return true;
    return pl_str_is(rest, "..");
}

static bool any_outside(const struct pl_strs *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        if (pl_str_starts(paths->at[i], "/") || has_up(paths->at[i]))
            return true;
    return false;
}

static bool has_stdin(const struct pl_strs *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        if (pl_str_is(paths->at[i], "-"))
            return true;
    return false;
}

static bool is_listed(const struct pl_lock *lock, struct pl_str name)
{
    for (size_t i = 0; i < lock->input_count; i++)
        if (pl_str_eq(lock->inputs[i].name, name))
            return true;
    return false;
}

static bool are_listed(const struct pl_lock *lock, const struct pl_strs *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        if (!is_listed(lock, paths->at[i]))
            return false;
    return true;
}

/* `inputs_are_same`: what is outside is what somebody has seen already. */
static bool may_read(struct pl_check *check, bool inputs_are_same)
{
    const struct pl_resolve_options *options = &check->options;
    const struct pl_strs rules = {.at = &check->options.rules_dir, .len = 1};
    const struct pl_strs *lists[] = {&check->files, &options->constraints,
                                     &options->overrides};
    if (any_outside(&rules)) {
        blame(check, "its rules are outside the working folder");
        return false;
    }
    for (size_t i = 0; i < PL_COUNT(lists); i++) {
        if (!are_listed(&check->lock, lists[i])) {
            blame(check, "its arguments name a file that `inputs` lacks");
            return false;
        }
        if (has_stdin(lists[i]))
            return false; /* said of the inputs */
        if (any_outside(lists[i]) && !inputs_are_same)
            return false; /* that they have changed has been said */
    }
    return true;
}

/* ---- the template ---- */

static bool is_shipped(struct pl_str id)
{
    for (size_t i = 0; i < pl_template_shipped_count(); i++)
        if (pl_str_eq(pl_template_shipped_id(i), id))
            return true;
    return false;
}

/* A lock's word is an id; that of the command line may be a file. */
static bool choose_template(struct pl_check *check, struct pl_str named)
{
    const struct pl_lock *lock = &check->lock;
    struct pl_str wanted = check->options.template_wanted;
    bool is_bare = pl_str_is(wanted, "none");
    if (!pl_str_eq(is_bare ? (struct pl_str){0} : wanted, lock->template_id)) {
        blame(check, "its arguments name another template than `template`");
        return false;
    }
    if (named.len) {
        check->options.template_wanted = named;
        return true;
    }
    if (is_bare || is_shipped(wanted))
        return true;
    struct pl_lock_finding *finding = pl_lock_find(
        &check->findings, PL_TROUBLE_TEMPLATE, lock->places.template_id,
        "the template %.*s is not known here", PL_STR_ARG(wanted));
    finding->told.hint = PL_STR(
        "--template FILE names its file; of a container, `podlock snapshot -o "
        "FILE` in it writes one, and --template auto there needs none");
    return false;
}

/* ---- the question ---- */

/* What the arguments themselves are wrong about, or has been told already. */
static bool take_error(struct pl_check *check, const struct pl_error *err)
{
    if (err->code == PL_ERR_FILE && check->findings.list.len)
        return true;
    if (err->code != PL_ERR_USAGE && err->code != PL_ERR_NO)
        return false;
    blame(check, "its arguments are none that can be resolved")->told.because =
        err->message;
    return true;
}

/* Written again they must be the same: then no other option is among them. */
static bool are_ours(const struct pl_check *check)
{
    const struct pl_lock *lock = &check->lock;
    struct pl_strs words = pl_resolve_arguments(&check->setup, &check->options);
    struct pl_strs ours = {lock->arguments, lock->argument_count,
                           lock->argument_count};
    return pl_strs_eq(&words, &ours);
}

static void compare_inputs(struct pl_arena *arena, struct pl_check *check)
{
    const struct pl_lock *lock = &check->lock;
    const struct pl_inputs *in = &check->setup.inputs;
    bool same = in->files.len == lock->input_count;
    for (size_t i = 0; same && i < in->files.len; i++)
        same = pl_str_eq(pl_resolve_input_name(arena, in->files.at[i].name),
                         lock->inputs[i].name);
    if (!same)
        pl_lock_find(&check->findings, PL_TROUBLE_INPUTS, lock->places.tool,
                     "its arguments read other files than `inputs` lists");
}

static void note_rules(struct pl_cli *cli, struct pl_check *check)
{
    struct pl_str was = check->lock.rules_edition;
    struct pl_str is = check->setup.rules.edition;
    if (!pl_str_eq(was, is))
        pl_vec_push(cli->arena, &check->notes,
                    pl_arena_printf(cli->arena,
                                    "it was made with the rules of %.*s, and "
                                    "checked with those of %.*s",
                                    PL_STR_ARG(was), PL_STR_ARG(is)));
}

static bool check_question(struct pl_cli *cli, struct pl_check *check,
                           bool inputs_are_same, struct pl_error *err)
{
    struct pl_setup *setup = &check->setup;
    struct pl_error too_large = {.arena = cli->arena};
    if (!are_ours(check)) {
        blame(check, "its arguments are not as podlock writes them");
        return true;
    }
    check->is_asked = true;
    if (inputs_are_same)
        compare_inputs(cli->arena, check);
    pl_lock_check_template(&check->lock,
                           setup->has_template ? &setup->template : NULL,
                           &check->findings);
    note_rules(cli, check);
    if (!pl_setup_allows(setup, check->lock.download, &too_large))
        pl_lock_find(&check->findings, PL_TROUBLE_DOWNLOAD,
                     check->lock.places.download, "%.*s",
                     PL_STR_ARG(too_large.message));
    return pl_lock_check_answer(&check->lock, &setup->problem, &check->findings,
                                err);
}

static bool ask(struct pl_cli *cli, struct pl_check *check,
                struct pl_str template, bool inputs_are_same,
                struct pl_error *err)
{
    if (!parse_arguments(cli, check) || !may_read(check, inputs_are_same) ||
        !choose_template(check, template))
        return true;
    return (pl_setup_ask(cli, &check->options, &check->files, &check->setup,
                         err) &&
            check_question(cli, check, inputs_are_same, err)) ||
           take_error(check, err);
}

/* Does another tool's lock fit the template that the caller names? */
static bool check_against(struct pl_cli *cli, struct pl_check *check,
                          struct pl_str template, struct pl_error *err)
{
    struct pl_setup *setup = &check->setup;
    struct pl_problem *problem = &setup->problem;
    PL_VEC(const struct pl_abi_rule *) rules = {0};
    struct pl_str no_folder = {0};
    if (!pl_snapshot_or_template(cli, template, &setup->template, err) ||
        !pl_abi_load(cli->arena, no_folder, &setup->rules, err) ||
        !pl_torch_family_load(cli->arena, &setup->family, err))
        return false;
    for (size_t i = 0; i < setup->rules.count; i++)
        pl_vec_push(cli->arena, &rules, &setup->rules.rules[i]);
    setup->has_template = true;
    *problem = (struct pl_problem){
        .arena = cli->arena,
        .env = setup->template.env,
        .tags = pl_tags_make(cli->arena, &setup->template.env),
        .template = &setup->template,
        .rules = rules.at,
        .rule_count = rules.len,
        .family = &setup->family,
    };
    return pl_lock_check_answer(&check->lock, problem, &check->findings, err);
}

/*
 * Whoever made a lock of podlock's by another format, or says so, made it with
 * another podlock; what it was made from is not known then.
 */
/* Whether these fit only building them would tell. */
static void note_unbuilt(struct pl_cli *cli, struct pl_check *check)
{
    size_t count = 0;
    for (size_t i = 0; i < check->lock.package_count; i++)
        count += check->lock.packages[i].source != PL_LOCK_FILES;
    struct pl_str packages =
        pl_show_count(cli->arena, count, "package", "packages");
    if (count)
        pl_vec_push(cli->arena, &check->notes,
                    pl_arena_printf(cli->arena,
                                    "%.*s from a commit, a folder or an "
                                    "archive cannot be checked for a container",
                                    PL_STR_ARG(packages)));
}

static bool check_foreign(struct pl_cli *cli, struct pl_check *check,
                          struct pl_str template, struct pl_error *err)
{
    const struct pl_lock *lock = &check->lock;
    if (pl_str_is(lock->created_by, "podlock"))
        pl_lock_find(&check->findings, PL_TROUBLE_ARGUMENTS,
                     lock->package_count ? lock->packages[0].span
                                         : (struct pl_span){0},
                     "it is podlock's, but without a [tool.podlock] that this "
                     "podlock can read");
    pl_lock_check_entries(lock, &check->findings);
    if (template.len)
        note_unbuilt(cli, check);
    return !template.len || check_against(cli, check, template, err);
}

/* Of files that have changed: does that matter? */
static void tell_consequence(struct pl_check *check)
{
    struct pl_lock_finding *list = check->findings.list.at;
    size_t count = check->findings.list.len, next = 0;
    if (!count || list->trouble != PL_TROUBLE_INPUTS || !check->is_asked)
        return;
    while (next < count && list[next].trouble == PL_TROUBLE_INPUTS)
        next++;
    if (next == count)
        pl_error_because(&list->told,
                         "the lock still meets all that is asked for");
    else
        pl_error_because(&list->told, "%.*s%s%.*s",
                         PL_STR_ARG(list[next].told.message),
                         list[next].told.because.len ? "; " : "",
                         PL_STR_ARG(list[next].told.because));
}

bool pl_check_lock(struct pl_cli *cli, struct pl_str path,
                   struct pl_str template, struct pl_check *out,
                   struct pl_error *err)
{
    *out = (struct pl_check){
        .path = path,
        .findings = {.arena = cli->arena},
        .folder = PL_STR("."),
    };
    if (!pl_lock_open(cli, path, &out->lock, err))
        return false;
    if (out->lock.is_foreign) {
        bool checked = check_foreign(cli, out, template, err);
        make_command(cli, out);
        return checked;
    }
    out->folder = pl_arena_dup(cli->arena, find_folder(out));
    int back;
    if (!pl_check_enter(out->folder, &back, err))
        return false;
    pl_lock_check_inputs(&out->lock, &out->findings);
    bool good = ask(cli, out, template, !out->findings.list.len, err);
    pl_check_leave(back);
    if (!good)
        return false;
    pl_lock_check_entries(&out->lock, &out->findings);
    tell_consequence(out);
    make_command(cli, out);
    return true;
}
