// prun._engine: the definition of the module, and its functions that belong to no object.
#include "pypackage/api.hpp"
#include "pypackage/arguments.hpp"
#include "pypackage/methods.hpp"
#include "pypackage/python_functions.hpp"
#include "pypackage/worker.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace prun::pypackage {

PythonFunctions python_functions;

namespace {

// (helpers): a tuple, see python_functions.hpp
Object* configure(Object*, Arguments args, Size) {
  py.Py_IncRef(args[0]);
  std::array<Object**, 10> places{&python_functions.dump,        &python_functions.load,
                                  &python_functions.describe,    &python_functions.rebuild,
                                  &python_functions.unsendable,  &python_functions.unreadable,
                                  &python_functions.failed,      &python_functions.worker_began,
                                  &python_functions.worker_ends, &python_functions.call_ended};
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = py.PyTuple_GetItem(args[0], static_cast<Size>(i));
  return none();
}

// (region, table, worker, entry, initializer, arguments): runs calls until it is told to stop
Object* worker_serve(Object*, Arguments args, Size) {
  return guarded([&] {
    serve({static_cast<int>(number(args[0])), static_cast<int>(number(args[1])),
           static_cast<std::uint32_t>(number(args[2])), number(args[3])},
          args[4], args[5]);
    return none();
  });
}

/// With an empty entry at the end, as the interpreter requires.
const Method* all_methods() {
  static const std::vector<Method> methods = [] {
    std::vector<Method> all{{"configure", configure, fastcall, nullptr},
                            {"worker_serve", worker_serve, fastcall, nullptr}};
    for (const auto part : {pool_methods(), call_methods(), stream_methods(), journal_methods()})
      all.insert(all.end(), part.begin(), part.end());
    all.push_back({});
    return all;
  }();
  return methods.data();
}

/// PyModuleDef. Its members follow the head of an object. The size of the head depends on the kind of interpreter.
std::array<std::uintptr_t, 16> definition{};

void* define() {
  constexpr std::size_t word = sizeof(std::uintptr_t);
  const std::size_t head = api.type_offset / word + 1;
  if (api.counts_references) {
    definition[0] = 1;
  } else {
    definition[1] = std::uintptr_t{UINT32_MAX} << 32;  // never freed
  }
  std::uintptr_t* const members = definition.data() + head + 3;  // behind m_init, m_index and m_copy
  members[0] = reinterpret_cast<std::uintptr_t>("prun._engine");
  members[2] = static_cast<std::uintptr_t>(-1);  // m_size: it keeps its state in globals
  members[3] = reinterpret_cast<std::uintptr_t>(all_methods());
  return definition.data();
}

}  // namespace
}  // namespace prun::pypackage

// NOLINTNEXTLINE(readability-identifier-naming,bugprone-reserved-identifier): the name that Python looks for
extern "C" [[gnu::visibility("default")]] void* PyInit__engine() {
  using namespace prun::pypackage;  // NOLINT(google-build-using-namespace): a function of C's
  constexpr int stable = 3;         // PYTHON_ABI_VERSION of the stable interface
  if (const char* missing = find_api()) {
    std::fprintf(stderr, "prun: this Python lacks %s\n", missing);
    return nullptr;
  }
  return api.PyModule_Create2(define(), stable);
}
