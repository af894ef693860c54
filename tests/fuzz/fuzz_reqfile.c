/* A requirements file. What load() refuses does not reach the reader. */
#include "core/utf8.h"
#include "tests/fuzz/reqfile_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_inputs in;
    struct pl_str text = pl_fuzz_text(data, size);
    if (pl_str_has(text, '\0') || pl_utf8_invalid_at(text) < text.len)
        return 0;
    pl_inputs_init(&in, &arena);
    setenv("PODLOCK_FUZZ", "x ==1 ;", 1);
    check_reader(pl_reqfile_read_pip, &in, "r.in", text);
    return 0;
}
