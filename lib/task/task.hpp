// One call to make, as bytes: which function, with which arguments. It does not know how functions are found or run.
#pragma once

#include <cstdint>
#include <string>

namespace prun {

class Function;

/// Arguments, keyword arguments and id are values in MessagePack (see wire/value.hpp).
struct Task {
  const Function* function = nullptr;  ///< never null once a source has handed the task out; owned by the registry
  std::string args;                    ///< an array: the positional arguments
  std::string kwargs;                  ///< a map with string keys; empty: no keyword arguments
  std::string id;                      ///< what the user called it, any value; empty: nothing
  std::string defect;  ///< not empty: why its arguments cannot be passed on exactly; it fails without a call
};

}  // namespace prun
