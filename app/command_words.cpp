// The words that can stand first on prun's command line; see command_words.hpp.
#include "command_words.hpp"

#include "function/edit_distance.hpp"

#include <algorithm>
#include <array>

namespace prun::app {
namespace {

constexpr std::array<CommandWord, 16> table{{
    {"map", words::map, Mode::map, "print all results in input order when the last is ready", "FUNCTION INPUT...",
     "  prun map fib 1..39 --chunksize 1\n"
     "  prun map ackermann 0..3,0..4\n"
     "  seq 1 20 | prun map factorize -"},
    {"starmap", words::starmap, Mode::starmap, "as map; each input is a tuple of arguments", "FUNCTION INPUT...",
     "  prun starmap ackermann 0..3,0..4\n"
     "  prun starmap ackermann '[2, 4]' '[3, 1]'"},
    {"imap", words::imap, Mode::imap, "print results in input order as soon as they are ready", "FUNCTION INPUT...",
     "  prun imap fib 1..35\n"
     "  seq 1 1000000 | prun imap is_prime - --output jsonl | tail -1"},
    {"imap_unordered", words::imap_unordered, Mode::imap_unordered, "print results as tasks end (also imap-unordered)",
     "FUNCTION INPUT...",
     "  prun imap_unordered n_fib 35..1\n"
     "  prun imap_unordered collatz 1..99 --format '{args}: {result} steps'"},
    {"submit", words::submit, Mode::submit, "call several functions; print results in the order submitted",
     "'CALL'... | --tasks FILE | FUNCTION INPUT...",
     "  prun submit 'fib(8)' 'ackermann(2, 4)' 'fib(18)' 'ackermann(3, 1)'\n"
     "  printf '%s\\n' '[\"fib\", 8]' '[\"ackermann\", 2, 4]' | prun submit"},
    {"apply", words::apply, Mode::apply, "make one call in one worker", "FUNCTION ARGUMENT... | 'CALL'",
     "  prun apply ackermann 2 4\n"
     "  prun apply 'fib(30)'"},
    {"functions", words::functions, std::nullopt, "list functions, or those of TARGETs, with signatures", "[TARGET...]",
     "  prun functions\n"
     "  prun functions fib --output json\n"
     "  prun functions 'libm.so.6:cbrt(double)->double'"},
    {"help", words::help, std::nullopt, "explain a mode, an option, a function or a topic", "[TOPIC]",
     "  prun help map\n"
     "  prun help --timeout\n"
     "  prun help fib\n"
     "  prun help topics"},
    {"journal", words::journal, std::nullopt, "summarize a journal: runs, failures and slowest tasks", "FILE",
     "  prun imap fib 30..35 92 --journal run.db\n"
     "  prun journal run.db\n"
     "  sqlite3 run.db 'SELECT * FROM failures'"},
    {"report", words::report, std::nullopt, "write a page about a run of a journal", "FILE [OUTPUT]",
     "  prun report run.db\n"
     "  prun report run.db picture.svg --run 2"},
    {"trace", words::trace, std::nullopt, "write a run of a journal as a trace", "FILE OUTPUT",
     "  prun trace run.db run.pftrace\n"
     "  prun trace run.db run.json.gz --run 2"},
    {"retry", words::retry, std::nullopt, "run the tasks of a journal that failed or are missing", "FILE",
     "  prun retry run.db\n"
     "  prun retry run.db --timeout 1h -j 2"},
    {"new", words::new_project, std::nullopt, "write a C++ plugin project, with build and test, to ./NAME",
     "plugin NAME",
     "  prun new plugin mine\n"
     "  cmake -S mine -B mine/build && cmake --build mine/build\n"
     "  prun map mine/build/mine.so:steps 1..1000"},
    {"xargs", words::xargs, std::nullopt, "run a command with items of standard input, as xargs does",
     "[COMMAND [ARGUMENT...]]",
     "  find . -name '*.o' -print0 | prun xargs -0 rm\n"
     "  ls *.log | prun xargs -P4 -n1 gzip"},
    {"sem", words::sem, std::nullopt, "run a command when a semaphore has a place for it", "COMMAND [ARGUMENT...]",
     "  for f in *.wav; do prun sem -j4 lame \"$f\"; done; prun sem --wait\n"
     "  prun sem --fg --id database ./migrate.sh"},
    {"schema", words::schema, std::nullopt, "print the JSON Schema of a line of --output jsonl", "",
     "  prun schema > prun.schema.json"},
}};

}  // namespace

std::span<const CommandWord> command_words() noexcept { return table; }

const CommandWord* find_command_word(std::string_view name) noexcept {
  if (name == "imap-unordered") name = "imap_unordered";
  const auto* found = std::find_if(table.begin(), table.end(), [&](const CommandWord& w) { return w.name == name; });
  return found == table.end() ? nullptr : found;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace prun::app
