// A program that knows nothing of prun and loads a library that uses it: spawn_host LIBRARY
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (std::getenv("LD_PRELOAD") != nullptr || argc != 2) return 2;
  void* const library = dlopen(argv[1], RTLD_NOW);
  if (library == nullptr) {
    std::puts(dlerror());
    return 1;
  }
  const auto run = reinterpret_cast<int (*)()>(dlsym(library, "run_pool_of_library"));
  if (run == nullptr || run() != 0) return 1;
  std::puts("ok");
  return 0;
}
