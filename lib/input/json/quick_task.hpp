// Reads the most common forms of a task in one pass: {"function":"fib","args":[8]} and ["fib",8], optionally with an id.
// Numbers and strings must be plain. The real parser handles all other forms, and reads the accepted ones as the same task.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

class QuickTask {
 public:
  /// @return false: not one of these forms (it may still be a task, or not JSON at all)
  [[nodiscard]] bool read(std::string_view json);

  /// After true: a view of the text, and the arguments as a value (wire/value.hpp), valid until the next read().
  [[nodiscard]] std::string_view function() const noexcept { return function_; }
  [[nodiscard]] const std::string& args() const noexcept { return args_; }
  /// Swaps the arguments with a string whose capacity the next read() may use.
  void swap_args(std::string& args) noexcept { args_.swap(args); }
  [[nodiscard]] const std::string& id() const noexcept { return id_; }  ///< a value; empty: none

 private:
  bool read_object(std::string_view json);
  void remember_beginning(std::string_view json, std::size_t size);
  bool read_short_form(std::string_view json);

  std::string_view function_;
  std::string args_;
  std::string id_;

  // Most lines begin as the one before, for example with {"function":"fib","args":[
  std::string beginning_;        ///< a text up to the bracket of the arguments; empty: none is known
  std::size_t function_at_ = 0;  ///< where it has the name
  std::size_t function_size_ = 0;
};

}  // namespace prun
