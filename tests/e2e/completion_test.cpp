// Completions, asked for in the shells themselves.
#include "prun_support.hpp"

#include "support/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

using Lines = std::vector<std::string>;

/// Runs a script in a new folder with a few files, with prun on PATH.
Result run_script(std::vector<std::string> shell, const std::string& script) {
  const char* path = std::getenv("PATH");
  const auto folder = std::filesystem::path(prun_binary()).parent_path().string();
  Command command;
  command.environment = {{"PATH", folder + ":" + (path == nullptr ? "/usr/bin:/bin" : path)}, {"HOME", "/nonexistent"}};
  command.arguments = {"sh", "-c",
                       "d=$(mktemp -d) && cd \"$d\" && touch 'data one.json' data.json && mkdir dark || exit 9\n"
                       "\"$@\"; status=$?; rm -r \"$d\"; exit $status",
                       "sh"};
  shell.push_back(script);
  command.arguments.insert(command.arguments.end(), shell.begin(), shell.end());
  return run_command(std::move(command));
}

/// What a script prints for each of the command lines, sorted, in blocks that end with a line ".".
std::vector<Lines> blocks(const Result& run) {
  std::vector<Lines> found(1);
  for (const std::string& line : lines_of(run.out)) {
    if (line != ".") {
      if (!line.empty()) found.back().push_back(line);
      continue;
    }
    std::sort(found.back().begin(), found.back().end());
    found.emplace_back();
  }
  found.pop_back();
  return found;
}

bool has(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace

TEST_CASE("bash completes words, options, values, functions and files") {
  if (!has_program("bash")) return;
  const Result run = run_script({"bash", "-c"}, R"(
    source <(prun --completion bash)
    c() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prun; printf '%s\n' "${COMPREPLY[@]}" .; }
    c prun im
    c prun map --outp
    c prun map --output js
    c prun map --output = js
    c prun functions --output js
    c prun map fact
    c prun help time
    c prun journal data
    c prun map --results d
    c prun imap --cmd cat data
    c prun imap -j 2 -- tru
    c prun imap -- cat ::: da
    c prun new pl
    c prun --completion f
    c prun --vers
    c prun journal --
    c prun -j 2 --chunk
    c prun --timeo
    c prun -j 2 --output js
    c prun --tag gzip --chunk
    c prun tru
    mkdir -p conf/prun; touch conf/prun/mine.options; export XDG_CONFIG_HOME=$PWD/conf
    c prun --profile mi
  )");
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  const auto found = blocks(run);
  REQUIRE(found.size() == 22);
  CHECK(has(found[0], "imap"));
  CHECK(has(found[0], "imap_unordered"));
  CHECK(found[1] == Lines{"--output"});
  CHECK(found[2] == Lines{"json", "jsonl"});
  CHECK(found[3] == Lines{"json", "jsonl"});
  CHECK(found[4] == Lines{"json"});
  CHECK(found[5] == Lines{"factorize"});
  CHECK(found[6] == Lines{"timeout"});
  CHECK(found[7] == Lines{"data one.json", "data.json"});
  CHECK(found[8] == Lines{"dark"});
  CHECK(found[9] == Lines{"data one.json", "data.json"});
  CHECK(has(found[10], "true"));
  CHECK(found[11] == Lines{"dark", "data one.json", "data.json"});
  CHECK(found[12] == Lines{"plugin"});
  CHECK(found[13] == Lines{"fish"});
  CHECK(found[14] == Lines{"--version"});
  CHECK(found[15] == Lines{"--completion", "--help", "--output", "--version"});
  CHECK(found[16] == Lines{"--chunksize"});
  CHECK(found[17] == Lines{"--timeout"});
  CHECK(found[18] == Lines{"json", "jsonl"});
  CHECK(found[19].empty());
  CHECK(has(found[20], "true"));
  CHECK(found[21] == Lines{"mine"});
}

TEST_CASE("fish completes words, options, values, functions and files") {
  if (!has_program("fish")) return;
  const Result run = run_script({"fish", "--no-config", "-c"}, R"(
    prun --completion fish | source
    for line in 'prun im' 'prun map --outp' 'prun map --output js' 'prun functions --output=js' 'prun map fact' \
        'prun help time' 'prun journal data.' 'prun new ' 'prun --completion f' 'prun journal --' \
        'prun -j 2 --chunk' 'prun --timeo' 'prun -j 2 --output js' 'prun --tag gzip --chunk'
      complete -C $line | string replace -r '\t.*' ''
      echo .
    end
  )");
  INFO(run);
  CHECK(run.status == 0);
  const auto found = blocks(run);
  REQUIRE(found.size() == 14);
  CHECK(found[0] == Lines{"imap", "imap_unordered"});
  CHECK(found[1] == Lines{"--output"});
  CHECK(found[2] == Lines{"json", "jsonl"});
  CHECK(found[3] == Lines{"--output=json"});
  CHECK(found[4] == Lines{"factorize"});
  CHECK(found[5] == Lines{"timeout"});
  CHECK(found[6] == Lines{"data.json"});
  CHECK(found[7] == Lines{"plugin"});
  CHECK(found[8] == Lines{"fish"});
  CHECK(found[9] == Lines{"--completion", "--help", "--output", "--version"});
  CHECK(found[10] == Lines{"--chunksize"});
  CHECK(found[11] == Lines{"--timeout"});
  CHECK(found[12] == Lines{"json", "jsonl"});
  CHECK(found[13].empty());
}

TEST_CASE("bash completes functions of a file, options of sem and xargs, and shells") {
  if (!has_program("bash") || !has_program("python3")) return;
  const Result run = run_script({"bash", "-c"}, R"(
    echo 'def fib(n): return n' >article.py
    source <(prun --completion bash)
    c() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prun; printf '%s\n' "${COMPREPLY[@]}" .; }
    c prun map article.py :
    c prun map article.py : f
    c prun functions article.py:f
    c prun map article.py : fib 1 --outp
    c prun --header : --outp
    c prun sem --f
    c prun xargs --max-p
    c prun --shell /bin/s
  )");
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  const auto found = blocks(run);
  REQUIRE(found.size() == 8);
  CHECK(found[0] == Lines{"fib"});
  CHECK(found[1] == Lines{"fib"});
  CHECK(found[2] == Lines{"article.py:fib"});
  CHECK(found[3] == Lines{"--output"});
  CHECK(found[4] == Lines{"--output"});
  CHECK(found[5] == Lines{"--fg"});
  CHECK(found[6] == Lines{"--max-procs"});
  CHECK((found[7].empty() || found[7].front().starts_with("/bin/s")));  // as /etc/shells has
}

TEST_CASE("fish completes functions of a file, and options of sem and xargs") {
  if (!has_program("fish") || !has_program("python3")) return;
  const Result run = run_script({"fish", "--no-config", "-c"}, R"(
    echo 'def fib(n): return n' >article.py
    prun --completion fish | source
    for line in 'prun map article.py:' 'prun functions article.py:f' 'prun sem --f' 'prun xargs --max-p'
      complete -C $line | string replace -r '\t.*' ''
      echo .
    end
  )");
  INFO(run);
  CHECK(run.status == 0);
  const auto found = blocks(run);
  REQUIRE(found.size() == 4);
  CHECK(found[0] == Lines{"article.py:fib"});
  CHECK(found[1] == Lines{"article.py:fib"});
  CHECK(found[2] == Lines{"--fg"});
  CHECK(found[3] == Lines{"--max-procs"});
}

TEST_CASE("zsh completes words, options, values, functions and files") {
  if (!has_program("zsh")) return;
  // An interactive zsh on a pseudo-terminal: each line is completed with Tab, and Ctrl-X writes down what became of it.
  const Result run = run_script({"zsh", "-f", "-c"}, R"(
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z 'PROMPT= RPROMPT=; unsetopt beep; autoload -Uz compinit; compinit -u -D; source <(prun --completion zsh)'
    zpty -w z 'note() { print -r -- "$BUFFER" >>lines; print "<no""ted>"; BUFFER=; }; zle -N note'
    zpty -w z 'bindkey "^X" note; bindkey "^I" complete-word; print "<re""ady>"'
    zpty -r z chunk '*<ready>*'
    for line in 'prun imap_u' 'prun map --outp' 'prun map --output c' 'prun functions --output=j' 'prun map fact' \
        'prun help exit-' 'prun journal data.' 'prun new ' 'prun --completion f' 'prun map -j 2 --plugin data.' 'prun -j 2 --chunk' \
        'prun --timeo' 'prun sem --f' 'prun xargs --max-p'; do
      zpty -w -n z $line$'\t\x18'
      zpty -r z chunk '*<noted>*'
    done
    zpty -w z 'exit'
    while zpty -r z chunk; do :; done
    cat lines
  )");
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out) ==
        Lines{"prun imap_unordered ", "prun map --output=", "prun map --output csv ", "prun functions --output=json ",
              "prun map factorize ", "prun help exit-status ", "prun journal data.json ", "prun new plugin ",
              "prun --completion fish ", "prun map -j 2 --plugin data.json ",
              "prun -j 2 --chunksize=", "prun --timeout=", "prun sem --fg ", "prun xargs --max-procs "});
}

TEST_CASE("completions for a shell that is not known are refused") {
  const Result run = run_prun({"--completion", "ksh"});
  CHECK(run.status == 2);
  CHECK(run.err.find("--completion takes bash, zsh or fish, not 'ksh'") != std::string::npos);
}
