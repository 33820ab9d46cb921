// The words that can stand first on prun's command line; see command_words.hpp.
#include "command_words.hpp"

#include "function/edit_distance.hpp"

#include <algorithm>
#include <array>

namespace prun::app {
namespace {

constexpr std::array<CommandWord, 11> words{{
    {"map", Mode::map, "all results at once, in order, when the last is ready", "FUNCTION INPUT...",
     "  prun map fib 1..39 --chunksize 1\n"
     "  prun map ackermann 0..3,0..4\n"
     "  seq 1 20 | prun map factorize -"},
    {"starmap", Mode::starmap, "as map; each input is a tuple, unpacked as the arguments", "FUNCTION INPUT...",
     "  prun starmap ackermann 0..3,0..4\n"
     "  prun starmap ackermann '[2, 4]' '[3, 1]'"},
    {"imap", Mode::imap, "results in order, each as soon as it and all before it are ready", "FUNCTION INPUT...",
     "  prun imap fib 1..35\n"
     "  seq 1 1000000 | prun imap is_prime - --output jsonl | tail -1"},
    {"imap_unordered", Mode::imap_unordered, "results as they are completed (also imap-unordered)", "FUNCTION INPUT...",
     "  prun imap_unordered n_fib 35..1\n"
     "  prun imap_unordered collatz 1..1000 --format '{args} took {result} steps' | tail -3"},
    {"submit", Mode::submit, "mixed calls, their results in the order submitted",
     "'CALL' 'CALL'... | --tasks FILE | FUNCTION INPUT...",
     "  prun submit 'fib(8)' 'ackermann(2, 4)' 'fib(18)' 'ackermann(3, 1)'\n"
     "  printf '%s\\n' '[\"fib\", 8]' '{\"function\": \"ackermann\", \"args\": [2, 4]}' | prun submit"},
    {"apply", Mode::apply, "one call on one worker", "FUNCTION ARGUMENT... | 'CALL'",
     "  prun apply ackermann 2 4\n"
     "  prun apply 'fib(30)'"},
    {"functions", std::nullopt, "lists what can be called, or what TARGETs offer, with signatures", "[TARGET...]",
     "  prun functions\n"
     "  prun functions --output json\n"
     "  prun functions 'libm.so.6:cbrt(double)->double'"},
    {"help", std::nullopt, "explains a word that can stand first, or a topic: worker-protocol", "[WORD|TOPIC]",
     "  prun help map\n"
     "  prun help worker-protocol"},
    {"journal", std::nullopt, "what a journal has: its runs, how tasks ended, what failed, what took longest", "FILE",
     "  prun imap fib 30..35 92 --journal run.db\n"
     "  prun journal run.db\n"
     "  sqlite3 run.db 'SELECT * FROM failures'"},
    {"retry", std::nullopt, "runs what failed or is missing in a journal, by the command line that it has", "FILE",
     "  prun retry run.db\n"
     "  prun retry run.db --timeout 1h -j 2"},
    {"new", std::nullopt, "writes a C++ plugin to start from, with its build and test, into ./NAME", "plugin NAME",
     "  prun new plugin mine\n"
     "  cmake -S mine -B mine/build && cmake --build mine/build && ctest --test-dir mine/build\n"
     "  prun map mine/build/mine.so:steps 1..1000"},
}};

}  // namespace

std::span<const CommandWord> command_words() noexcept { return words; }

const CommandWord* find_command_word(std::string_view name) noexcept {
  if (name == "imap-unordered") name = "imap_unordered";
  const auto* found = std::find_if(words.begin(), words.end(), [&](const CommandWord& w) { return w.name == name; });
  return found == words.end() ? nullptr : found;
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
