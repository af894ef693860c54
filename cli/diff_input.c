#include "cli/diff_input.h"

#include "cli/lock_show.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/pins_read.h"

#define DEFAULT_LOCK PL_STR("pylock.toml")

/* ---- which files ---- */

static bool is_file(struct pl_str word)
{
    return pl_str_is(word, "-") || pl_str_starts(word, "/") ||
           pl_file_exists(word) ||
           (!pl_str_has(word, ':') &&
            (pl_str_ends(word, ".toml") || pl_str_ends(word, ".txt")));
}

/* ":" alone is the index. */
static bool names_path(struct pl_str word)
{
    return pl_str_has(word, ':') && !pl_str_ends(word, ":");
}

static void set_file(struct pl_diff_input *input, struct pl_str path)
{
    input->path = input->label = path;
}

static void set_revision(struct pl_cli *cli, struct pl_diff_input *input,
                         struct pl_str word, struct pl_str path)
{
    input->label = word;
    if (pl_str_ends(word, ":"))
        word.len--;
    if (names_path(word))
        input->object.name = word;
    else
        input->object = pl_git_object_of(cli->arena, word, path);
}

static void set_side(struct pl_cli *cli, struct pl_diff_input *input,
                     struct pl_str word, struct pl_str path)
{
    if (is_file(word))
        set_file(input, word);
    else
        set_revision(cli, input, word, path);
}

static void set_one(struct pl_cli *cli, struct pl_diff_input inputs[2],
                    struct pl_str word)
{
    bool file = is_file(word);
    struct pl_str path = file ? word : DEFAULT_LOCK;
    set_revision(cli, &inputs[0], file ? PL_STR("HEAD") : word, path);
    set_file(&inputs[1], path);
}

static bool set_both(struct pl_cli *cli, struct pl_diff_input inputs[2],
                     struct pl_error *err)
{
    const struct pl_strs *args = &cli->parsed.args;
    if (args->len < 2) {
        set_one(cli, inputs, args->len ? args->at[0] : DEFAULT_LOCK);
    } else if (args->len == 2) {
        struct pl_str a = args->at[0], b = args->at[1];
        set_side(cli, &inputs[0], a, is_file(b) ? b : DEFAULT_LOCK);
        set_side(cli, &inputs[1], b, is_file(a) ? a : DEFAULT_LOCK);
    } else {
        set_revision(cli, &inputs[0], args->at[0], args->at[2]);
        set_revision(cli, &inputs[1], args->at[1], args->at[2]);
    }
    if (!pl_str_is(inputs[0].path, "-") || !pl_str_is(inputs[1].path, "-"))
        return true;
    return pl_error_plain(err, PL_ERR_USAGE,
                          "standard input cannot be both sides");
}

/* ---- reading ---- */

/* PEP 751 requires the key; no pin begins so. */
static bool is_lock(const struct pl_source *source)
{
    struct pl_str rest = source->text, line;
    if (pl_str_ends(source->name, ".toml"))
        return true;
    if (pl_str_ends(source->name, ".txt"))
        return false;
    while (rest.len && pl_str_cut(&rest, '\n', &line)) {
        struct pl_cursor c = pl_cursor_from(line);
        if (pl_cursor_take_str(&c, "lock-version")) {
            pl_cursor_skip_space(&c);
            return pl_cursor_peek(&c) == '=';
        }
    }
    return false;
}

static bool load(struct pl_cli *cli, const struct pl_diff_input *input,
                 const struct pl_source **out, struct pl_error *err)
{
    if (input->path.len)
        return pl_source_load(cli->arena, input->path, out, err);
    if (pl_git_load(cli->arena, &input->object, out, err))
        return true;
    if (!names_path(input->label) && err->code == PL_ERR_INPUT)
        pl_error_hint(err,
                      "`%.*s` is no file here, so that it was taken for "
                      "a revision",
                      PL_STR_ARG(input->label));
    return false;
}

/* A lock that a revision does not have yet: all of the other one is new. */
static bool is_new(struct pl_cli *cli, struct pl_diff_input *input,
                   const struct pl_error *err)
{
    if (input->path.len || names_path(input->label) ||
        err->code != PL_ERR_INPUT || !pl_git_lacks(cli->arena, &input->object))
        return false;
    pl_cli_note(cli, "%.*s has no such lock: all of it is new",
                PL_STR_ARG(input->label));
    input->lock = (struct pl_lock){.is_foreign = true, .download = UINT64_MAX};
    input->is_pins = true;
    return true;
}

static bool read_side(struct pl_cli *cli, struct pl_diff_input *input,
                      bool is_old, struct pl_error *err)
{
    const struct pl_source *source;
    if (!load(cli, input, &source, err))
        return is_old && is_new(cli, input, err);
    input->is_pins = !is_lock(source);
    return input->is_pins ? pl_pins_read(cli->arena, source, &input->lock, err)
                          : pl_lock_open_source(cli, source, &input->lock, err);
}

/* ---- inputs of a lock ---- */

/* A lock is foreign: it names nothing outside of its folders. */
static bool is_inside(struct pl_str name)
{
    struct pl_str part;
    if (!name.len || name.at[0] == '/' || name.at[0] == '-' ||
        name.len > PL_MAX_PATH_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < ' ' || name.at[i] == '\\' ||
            name.at[i] == ':')
            return false;
    while (name.len && pl_str_cut(&name, '/', &part))
        if (pl_str_is(part, ".."))
            return false;
    return true;
}

/*
 * Tried are the lock's folder and the one where the command runs, since names
 * are relative to where the lock was made; its hash tells which it was.
 */
static bool load_input(struct pl_cli *cli, const struct pl_diff_input *side,
                       struct pl_str name, bool beside,
                       const struct pl_source **out)
{
    struct pl_arena *arena = cli->arena;
    if (side->path.len) {
        struct pl_str path =
            beside ? pl_path_join(arena, pl_path_dir(side->path), name) : name;
        return pl_file_exists(path) && pl_source_load(arena, path, out, NULL);
    }
    struct pl_str revision =
        pl_str_sub(side->object.name, 0, pl_str_rfind(side->object.name, ':'));
    struct pl_git_object object =
        beside ? pl_git_object_beside(arena, &side->object, name)
               : pl_git_object_of(arena, revision, name);
    return pl_git_load(arena, &object, out, NULL);
}

static void read_inputs(struct pl_cli *cli, const struct pl_diff_input *input,
                        struct pl_diff_side *side)
{
    const struct pl_lock *lock = &input->lock;
    const struct pl_source **found = pl_new_array(
        cli->arena, const struct pl_source *, lock->input_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < lock->input_count; i++) {
        const struct pl_lock_input *wanted = &lock->inputs[i];
        const struct pl_source *source = NULL;
        bool is_it = false;
        if (count >= PL_MAX_DIFF_INPUTS || !is_inside(wanted->name))
            continue;
        for (int beside = 1; beside >= 0 && !is_it; beside--)
            is_it = load_input(cli, input, wanted->name, beside, &source) &&
                    pl_str_eq(pl_sha256_hex(cli->arena, source->text),
                              wanted->sha256);
        if (is_it)
            found[count++] =
                pl_source_from_text(cli->arena, wanted->name, source->text);
    }
    side->inputs = found;
    side->input_count = count;
}

/* An input that is the same on both sides cannot explain anything. */
static bool inputs_differ(const struct pl_lock *a, const struct pl_lock *b)
{
    bool differ = a->input_count != b->input_count;
    for (size_t i = 0; !differ && i < a->input_count; i++)
        differ = !pl_str_eq(a->inputs[i].sha256, b->inputs[i].sha256);
    return differ;
}

/* ---- templates ---- */

/* Shipped ones only: a lock must not name a file of this machine. */
static bool find_facts(struct pl_cli *cli, struct pl_diff_input *input)
{
    struct pl_str id = input->lock.template_id;
    for (size_t i = 0; id.len && i < pl_template_shipped_count(); i++)
        if (pl_str_eq(pl_template_shipped_id(i), id))
            return pl_template_shipped(cli->arena, i, &input->facts, NULL);
    return false;
}

static void find_template(struct pl_cli *cli, struct pl_diff_input *input)
{
    const struct pl_lock *lock = &input->lock;
    input->has_facts = find_facts(cli, input);
    if (!lock->template_id.len)
        return;
    if (!input->has_facts)
        pl_cli_note(cli,
                    "%.*s: the template %.*s is not a known one; what it holds "
                    "is not compared",
                    PL_STR_ARG(input->label), PL_STR_ARG(lock->template_id));
    else if (lock->template_digest.len &&
             !pl_str_eq(lock->template_digest, input->facts.digest))
        pl_cli_note(cli,
                    "%.*s: made from other facts of %.*s than this podlock's, "
                    "which are compared",
                    PL_STR_ARG(input->label), PL_STR_ARG(lock->template_id));
}

/* What pins cannot say is as in the lock on the other side. */
static void match_pins(struct pl_cli *cli, struct pl_diff_input *pins,
                       const struct pl_diff_input *other)
{
    pins->is_bare = pins->is_pins && pl_pins_are_bare(&pins->lock);
    if (!pins->is_pins || other->is_pins)
        return;
    if (!pins->lock.package_count)
        pl_cli_note(cli, "podlock: note: %.*s holds no package",
                    PL_STR_ARG(pins->label));
    pins->has_facts = other->has_facts;
    pins->facts = other->facts;
    pl_pins_match(cli->arena, &pins->lock, &other->lock,
                  other->has_facts ? &other->facts : NULL);
}

bool pl_diff_read(struct pl_cli *cli, struct pl_diff_input inputs[2],
                  struct pl_diff_given *given, struct pl_error *err)
{
    struct pl_diff_side *sides[] = {&given->old, &given->new};
    if (!set_both(cli, inputs, err))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!read_side(cli, &inputs[i], i == 0, err))
            return false;
        find_template(cli, &inputs[i]);
    }
    match_pins(cli, &inputs[0], &inputs[1]);
    match_pins(cli, &inputs[1], &inputs[0]);
    bool differ = inputs_differ(&inputs[0].lock, &inputs[1].lock);
    for (size_t i = 0; i < 2; i++) {
        sides[i]->lock = &inputs[i].lock;
        sides[i]->is_bare = inputs[i].is_bare;
        sides[i]->facts = inputs[i].has_facts ? &inputs[i].facts : NULL;
        if (differ && !inputs[i].is_pins)
            read_inputs(cli, &inputs[i], sides[i]);
    }
    return true;
}
