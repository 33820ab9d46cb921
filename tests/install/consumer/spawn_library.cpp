#include "spawn_library.hpp"

#include <prun/pool.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace {
const std::map<std::string, long> numbers{{"one", 1}, {"two", 2}};
}

long library_number(const std::string& word) { return numbers.at(word); }

extern "C" int run_pool_of_library() {
  try {
    prun::Pool pool{2, {.start = prun::Start::spawn}};
    const std::vector<long> sums =
        pool.map([](const std::string& word) { return library_number(word); }, std::vector<std::string>{"one", "two"});
    if (sums == std::vector<long>{1, 2}) return 0;
    std::puts("the library's pool gave other results");
  } catch (const std::exception& e) {
    std::printf("the library's pool threw: %s\n", e.what());
  }
  return 1;
}
