// One call as bytes: which function, with which arguments. It does not know how functions are found or run.
#pragma once

#include <cstdint>
#include <string>

namespace prun {

class Function;

/// Arguments, keyword arguments and id are values in MessagePack (see wire/value.hpp).
struct Task {
  const Function* function = nullptr;  ///< never null after a source has returned the task; owned by the registry
  std::string args;                    ///< an array: the positional arguments
  std::string kwargs;                  ///< a map with string keys; empty: no keyword arguments
  std::string id;                      ///< the user's name for the task, any value; empty: none
  std::string defect;  ///< if not empty: why its arguments cannot be passed exactly; it then fails without a call

  /// Makes it a call of `called` without arguments and id. The strings keep their memory.
  void start(const Function& called) noexcept {
    function = &called;
    args.clear();
    kwargs.clear();
    id.clear();
    defect.clear();
  }
};

}  // namespace prun
