// The commonest shapes of a task, read in one pass: {"function":"fib","args":[8]} and ["fib",8] with an id
// perhaps, and plain numbers and strings. All else is left to the real parser, and whatever this accepts the real parser reads as the same task.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

class QuickTask {
 public:
  /// @return false: not one of those shapes (it may well be a task, or no JSON at all)
  [[nodiscard]] bool read(std::string_view json);

  /// After true: a view of the text, and the arguments as a value (wire/value.hpp), which last until the next read().
  [[nodiscard]] std::string_view function() const noexcept { return function_; }
  [[nodiscard]] const std::string& args() const noexcept { return args_; }
  /// Exchanges the arguments for a string whose room may serve the next read().
  void swap_args(std::string& args) noexcept { args_.swap(args); }
  [[nodiscard]] const std::string& id() const noexcept { return id_; }  ///< a value; empty: none

 private:
  bool read_object(std::string_view json);
  bool read_short_form(std::string_view json);

  std::string_view function_;
  std::string args_;
  std::string id_;
};

}  // namespace prun
