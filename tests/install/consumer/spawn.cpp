// A user's program whose pools are spawned. Prints "ok", or what went wrong.
//
//   spawn            calls functions of the program and of a library that it needs
//   spawn deleted    the same, when the program's file is gone
//   spawn closed     the same, without standard streams: the exit status tells
#include "spawn_library.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Made before main() in the program, and not in what it spawns: a pool in a static variable must not spawn without end.
prun::Pool static_pool{1, {.start = prun::Start::spawn}};

const std::map<std::string, long> squares{{"two", 4}, {"three", 9}};

struct Ends {
  Ends() {
    if (std::getenv("CONSUMER_ENDS") != nullptr) std::_Exit(3);
  }
} const ends;

void expect(bool what, const char* name) {
  if (!what) throw std::logic_error(name);
}

void use_pools() {
  prun::Pool pool{2, {.start = prun::Start::spawn}};
  const std::vector<std::string> words{"two", "three"};
  expect(pool.map([](const std::string& w) { return squares.at(w); }, words) == std::vector<long>{4, 9}, "map");
  expect(pool.apply(library_number, std::string("two")) == 2, "a function of a library");
  expect(static_pool.apply(library_number, std::string("one")) == 1, "a pool in a static variable");
  try {
    pool.apply([](int x) { return static_pool.apply(library_number, std::to_string(x)); }, 1);
    expect(false, "the pool in a static variable was used in a worker");
  } catch (const prun::MisuseError&) {
  }
  prun::ProcessPoolExecutor executor{{.max_workers = 2, .start = prun::Start::spawn}};
  expect(executor.submit(library_number, std::string("one")).result() == 1, "submit");
}

void see_refusal() {
  setenv("CONSUMER_ENDS", "1", 1);
  try {
    const prun::Pool pool{1, {.start = prun::Start::spawn}};
    expect(false, "a program that ends in a static constructor");
  } catch (const std::runtime_error& e) {
    expect(std::string_view(e.what()).find("it ended with status 3 before main()") != std::string_view::npos, e.what());
  }
  unsetenv("CONSUMER_ENDS");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  try {
    if (mode == "deleted" && unlink(argv[0]) != 0) throw std::runtime_error("cannot delete the program");
    if (mode == "closed") {
      for (const int stream : {0, 1, 2}) close(stream);
    }
    use_pools();
    see_refusal();
    expect(run_pool_of_library() == 0, "a pool of a library");
    std::puts("ok");
    return 0;
  } catch (const std::exception& e) {
    std::printf("wrong: %s\n", e.what());
    return 1;
  }
}
