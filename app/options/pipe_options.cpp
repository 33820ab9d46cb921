// Options: standard input in blocks.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--pipe",
     .also = "--spreadstdin",
     .help = "split standard input into blocks for commands",
     .details = R"(
Split standard input into blocks, and give each block to the standard input of a command. Blocks end at the end of a
line, or with --null at a NUL byte. --recstart, --recend, --max-lines and --csv define other records. No block ends inside a record.

If standard input is a regular file, workers read their blocks from it themselves, unless --journal or --output shows the blocks.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.inputs.pipe = true; }},
    {.names = "--block",
     .also = "--block-size,--blocksize",
     .value = "SIZE",
     .help = "block size of --pipe (default: 1M)",
     .details = R"(
The size of the blocks of --pipe. The default is 1M. `k` and `K` are 1024 bytes, as in all sizes of prun; in GNU parallel, `k` is 1000
bytes. A larger record is a separate block. With --max-args, a block has that
number of records instead.
)",
     .runs = Runs::commands,
     .needs = "--pipe",
     .take = [](OptionValues& to,
                const Given& given) { to.command.inputs.blocks.block = parse_size(given.option, given.text); }},
    {.names = "--recend",
     .value = "TEXT",
     .help = "records end with TEXT (default: \\n)",
     .details = R"(
A record of --pipe ends with this text. `\n`, `\t`, `\0` and `\xHH` are written as escapes. The default is a newline, or nothing
with --recstart. If both are empty, a block may end anywhere.
)",
     .runs = Runs::commands,
     .needs = "--pipe",
     .excludes = {{"--null", "records end with one text"}},
     .take = [](OptionValues& to, const Given& given) { to.command.record_end = given.text; }},
    {.names = "--recstart",
     .value = "TEXT",
     .help = "records begin with TEXT, as in FASTA: '>'",
     .details = R"(
A record of --pipe begins with this text. With --recend, a record ends where the text of --recend is followed by this text: for
FASTA, `--recend '\n' --recstart '>'`.
)",
     .runs = Runs::commands,
     .needs = "--pipe",
     .excludes = {{"--null", "records end with NUL bytes"}},
     .take = [](OptionValues& to, const Given& given) { to.command.record_start = given.text; }},
    {.names = "--regexp",
     .also = "--regex",
     .help = "--recend and --recstart are regular expressions",
     .details = R"(
The texts of --recend and --recstart are regular expressions (RE2). What they match may be at most 64 KiB long.
)",
     .runs = Runs::commands,
     .needs = "--pipe",
     .take = [](OptionValues& to, const Given&) { to.command.inputs.blocks.form.regex = true; }},
    {.names = "-L,--max-lines",
     .also = "--maxlines",
     .value = "N",
     .help = "N lines per command, or per record with --pipe",
     .details = R"(
With --pipe, a record has N lines: with 4, FASTQ is never split inside a record. Without --pipe, pass N lines of the input to each
command, as --max-args does.
)",
     .runs = Runs::commands,
     .excludes = {{"--recend", "a record has a number of lines, or an end"},
                  {"--recstart", "a record has a number of lines, or a beginning"},
                  {"--csv", "records of CSV may have any number of lines"}},
     .take = [](OptionValues& to, const Given& given) { to.command.lines = parse_count(given.option, given.text); }},
};

}  // namespace

constinit const OptionGroup groups::pipes{"Blocks of standard input", options};

}  // namespace prun::app
