#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "container/install_command.h"
#include "core/buf.h"

static struct pl_shell_script read_script(struct pl_arena *arena,
                                          const char *text)
{
    struct pl_shell_script script = {0};
    struct pl_error err = {.arena = arena};
    struct pl_docker_vars vars = {.arena = arena};
    struct pl_docker_value known = {.text = PL_STR("a  b"), .is_known = true};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("t"), pl_str_from(text));
    struct pl_joined joined = pl_joined_view(arena, source, source->text);
    pl_docker_vars_set(&vars, PL_STR("TWO"), known);
    known.text = PL_STR("1.2");
    pl_docker_vars_set(&vars, PL_STR("V"), known);
    if (!pl_shell_read(arena, &joined, &vars, &script, &err))
        fail_msg("%s: %.*s", text, PL_STR_ARG(err.message));
    return script;
}

/* "a|b;c": words with | between them, commands with ;. Unknown ones have ?. */
static struct pl_str show(struct pl_arena *arena,
                          const struct pl_shell_script *script)
{
    PL_BUF(out, 1u << 16);
    for (size_t i = 0; i < script->len; i++) {
        const struct pl_shell_command *command = &script->at[i];
        pl_buf_add_cstr(&out, i ? ";" : "");
        for (size_t k = 0; k < command->assigned_count; k++) {
            pl_buf_add_str(&out, command->assigned[k].text);
            pl_buf_add_char(&out, '~');
        }
        for (size_t k = 0; k < command->count; k++) {
            pl_buf_add_cstr(&out, k ? "|" : "");
            pl_buf_add_cstr(&out, command->words[k].is_known ? "" : "?");
            pl_buf_add_str(&out, command->words[k].text);
        }
    }
    pl_buf_add_cstr(&out, script->is_whole ? "" : " (cut)");
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"a b", "a|b"},
        {"", ""},
        {"a && b || c; d | e & f\ng", "a;b;c;d;e;f;g"},
        {"a 'b c' \"d e\" f\\ g ''", "a|b c|d e|f g|"},
        {"a \"\\\"$V\\n\" '$V' $V\"x\"'y'", "a|\"1.2\\n|$V|1.2xy"},
        {"a $TWO \"$TWO\" x${TWO}y", "a|a|b|a  b|xa|by"},
        {"a $X \"$X\" b$(c d)e `f g` $((1+2))",
         "a|?$X|?$X|?b$(c d)e|?`f g`|?$((1+2))"},
        {"a ${V:-2} ${V:+3} ${X:-4} ${V#1}", "a|1.2|3|?${X:-4}|?${V#1}"},
        {"a >b 2>&1 <c >> d &> e 2>/dev/null f", "a|f"},
        {"a 2 >b", "a|2"},
        {"a <<E b\nc d\nE\ne", "a|b;e"},
        {"a <<-'E'\n\tc\n\tE\ne", "a;e"},
        {"cat <(a b) c", "cat|?|c"},
        {"a # b c\nd#e", "a;d#e"},
        {"a \\\n b", "a|b"},
        {"(a b) && { c; }", "a|b;c"},
        {"if a; then b; elif c; then d; else e; fi; f", "a;b;c;d;e;f"},
        {"for x in 1 2; do a $x; done", "a|?$x"},
        {"case $V in 1.*) a ;; *) b ;; esac", "a;*;b"},
        {"while ! a; do b; done", "a;b"},
        {"X=1; a $X", "a|1"},
        {"X=1 a", "X=1~a"},
        {"export X=1 Y=$(a); b $X $Y", "b|1|?$Y"},
        {"if a; then X=1; fi; b $X", "a;b|?$X"},
        {"sudo -E -u root A=1 env -i B=2 time a b", "A=1~B=2~a|b"},
        {"exec nohup nice -n 5 timeout 60 a", "a"},
        {"bash -lc 'a \"b c\" && d'", "a|b c;d"},
        {"sh -c \"bash -c 'a $V'\" x", "a|1.2"},
        {"bash script.sh -c", "bash|script.sh|-c"},
        {"xargs -n 1 a < b", "a"},
        {"conda run --no-capture-output -n x a b", "a|b"},
        {"set -eux; cd /x; a", "set|-eux;cd|/x;a"},
        {"a 'b", "a|b (cut)"},
        {"a \"b", "a|b (cut)"},
        {"a $(b", "a|?$(b (cut)"},
        {"f() { a; }", "f;a"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_shell_script script = read_script(&arena, table[i].text);
        struct pl_str shown = show(&arena, &script);
        if (!pl_str_is(shown, table[i].shown))
            print_error("`%s` is %.*s\n", table[i].text, PL_STR_ARG(shown));
        assert_true(pl_str_is(shown, table[i].shown));
    }
}

static void test_clear(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_shell_script script =
        read_script(&arena, "a torch==$(v) to$X \"b$V\"");
    const struct pl_shell_word *words = script.at[0].words;
    assert_int_equal(words[1].clear, strlen("torch=="));
    assert_int_equal(words[2].clear, 2);
    assert_int_equal(words[3].clear, 4);
    assert_int_equal(words[1].span.begin, 2);
    assert_int_equal(words[1].span.end, 13);
}

/* ---- what is installed ---- */

static const char *kind_of(enum pl_target_kind kind)
{
    static const char *const names[] = {
        [PL_TARGET_REQUIREMENT] = "",  [PL_TARGET_FILE] = "r:",
        [PL_TARGET_CONSTRAINT] = "c:", [PL_TARGET_EDITABLE] = "e:",
        [PL_TARGET_PATH] = "path:",    [PL_TARGET_URL] = "url:",
        [PL_TARGET_UNKNOWN] = "?:"};
    return names[kind];
}

static void add_flag(struct pl_buf *out, bool is_set, const char *name)
{
    if (is_set)
        pl_buf_addf(out, " %s", name);
}

static void show_flags(const struct pl_install *in, struct pl_buf *out)
{
    add_flag(out, in->action == PL_INSTALL_SYNC, "sync");
    add_flag(out, in->action == PL_INSTALL_REMOVE, "remove");
    add_flag(out, in->upgrade, "-U");
    add_flag(out, in->force, "force");
    add_flag(out, in->ignore_installed, "-I");
    add_flag(out, in->no_deps, "no-deps");
    add_flag(out, in->require_hashes, "hashes");
    add_flag(out, in->break_system, "break");
    add_flag(out, in->system, "system");
    add_flag(out, in->elsewhere, "elsewhere");
    add_flag(out, in->eager, "eager");
    add_flag(out, in->no_cache, "no-cache");
    add_flag(out, in->more_words, "more");
    add_flag(out, in->extra_index_word != NULL, "extra");
    if (in->python.len)
        pl_buf_addf(out, " py%.*s", PL_STR_ARG(in->python));
    if (in->inside.len)
        pl_buf_addf(out, " in:%.*s", PL_STR_ARG(in->inside));
}

static struct pl_str show_install(struct pl_arena *arena, const char *text)
{
    static const char *const tools[] = {"pip", "uv",      "conda",
                                        "apt", "project", "pipx"};
    PL_BUF(out, 1u << 16);
    struct pl_shell_script script = read_script(arena, text);
    for (size_t i = 0; i < script.len; i++) {
        struct pl_install in;
        if (!pl_install_read(arena, &script.at[i], &in))
            continue;
        pl_buf_addf(&out, "%s%s", out.len ? "; " : "", tools[in.tool]);
        show_flags(&in, &out);
        for (size_t k = 0; k < in.targets.len; k++) {
            const struct pl_install_target *t = &in.targets.at[k];
            struct pl_str told = t->name.len ? t->name : t->text;
            pl_buf_addf(&out, " %s%.*s", kind_of(t->kind), PL_STR_ARG(told));
            if (t->has_version)
                pl_buf_addf(&out, "@%.*s", PL_STR_ARG(t->version.text));
            if (t->has_requirement)
                pl_buf_addf(&out, "/%.*s",
                            PL_STR_ARG(t->requirement.specifier.text));
        }
    }
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void test_installs(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"pip install a", "pip a/"},
        {"pip3.11 install 'A_b[x]>=1,<2'", "pip py3.11 a-b/>=1,<2"},
        {"/opt/x/bin/python3.12 -u -m pip --no-cache-dir install a",
         "pip no-cache py3.12 a/"},
        {"python3 -m pip install -qU --no-deps a", "pip -U no-deps a/"},
        {"pip install -r a.txt -cb.txt --requirement=d -e .[x] .",
         "pip r:a.txt c:b.txt r:d e:.[x] path:."},
        {"pip install -i http://x --extra-index-url http://y -f z a",
         "pip extra a/"},
        {"pip install --force-reinstall -I --pre --require-hashes a",
         "pip force -I hashes a/"},
        {"pip install -t /x --break-system-packages a",
         "pip break elsewhere a/"},
        {"pip install --root-user-action ignore --timeout 9 a", "pip a/"},
        {"pip install --upgrade-strategy eager -- -a", "pip eager -a"},
        {"pip install git+https://x/a@b https://x/a-1.0-py3-none-any.whl",
         "pip url:git+https://x/a@b url:a@1.0"},
        {"pip install 'a @ https://x/a-1.0%2Bcu1-py3-none-any.whl' ./b.whl",
         "pip a@1.0+cu1/ path:./b.whl"},
        {"pip install torch==$X $Y$Z \"to$X\" torch-$X",
         "pip torch ?:$Y$Z to$X torch-$X"},
        {"pip uninstall -y a b", "pip remove a/ b/"},
        {"pip download a; pip wheel b; pip freeze; pip", ""},
        {"uv pip install --system --reinstall -p 3.12 a",
         "uv force system py3.12 a/"},
        {"uv --no-cache pip sync r.txt", "uv sync no-cache r-txt/"},
        {"uv sync --frozen --no-dev; uv add a", "project sync; project a/"},
        {"uv tool install a; pipx install b", "pipx install/ a/; pipx b/"},
        {"uv run pip install a", "pip in:the project's environment a/"},
        {"conda run -n x pip install a", "pip in:x a/"},
        {"conda install -y -n base -c c a=1 b", "conda a b/"},
        {"mamba install -qyn env a; conda create -n x", "conda in:env a/"},
        {"apt-get -y install -o A=b --no-install-recommends python3-a",
         "apt python3-a/"},
        {"apt-get update; apt-get remove a", ""},
        {"poetry install --no-root; pdm sync; pipenv install",
         "project; project; project"},
        {"source /v/bin/activate && pip install a", "pip in:/v a/"},
        {"xargs pip install < a.txt", "pip more"},
        {"echo pip install a; pipeline install b; ./pip.sh install c", ""},
        {"python -c 'x' -m pip install a; python x.py install", ""},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_str shown = show_install(&arena, table[i].text);
        if (!pl_str_is(shown, table[i].shown))
            print_error("`%s` is %.*s\n", table[i].text, PL_STR_ARG(shown));
        assert_true(pl_str_is(shown, table[i].shown));
    }
}

static void test_environments(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path;
        bool sees_system;
    } table[] = {
        {"python3 -m venv /v", "/v", false},
        {"python3.11 -m venv --system-site-packages /v", "/v", true},
        {"uv venv --python 3.12 --seed", ".venv", false},
        {"uv venv /v -p 3.12", "/v", false},
        {"virtualenv /v", "/v", false},
        {"python3 -m pip install a", NULL, false},
        {"uv pip install venv", NULL, false},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_shell_script script = read_script(&arena, table[i].text);
        struct pl_str path;
        bool sees = false;
        bool makes = pl_install_makes_environment(&script.at[0], &path, &sees);
        assert_int_equal(makes, table[i].path != NULL);
        if (!makes)
            continue;
        assert_true(pl_str_is(path, table[i].path));
        assert_int_equal(sees, table[i].sees_system);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_installs),
        cmocka_unit_test(test_environments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
