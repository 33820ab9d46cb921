// How one input becomes the arguments of a call. It does not know where the input came from.
#pragma once

#include "function/function.hpp"
#include "input/words/input_value.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Two ways, as in Python:
/// - unpacking (starmap, submit, apply): an array is the arguments, anything else the only argument;
/// - one argument (map, imap, imap_unordered): the input is the only argument, an array too. But where the function
///   does not take exactly one, or its one cannot be an array and the input has one element, an array is unpacked all
///   the same, which spares the wrapper that Python needs.
class Arguments {
 public:
  /// @param function must outlive this
  /// @param text inputs are strings as they stand
  Arguments(const Function& function, bool unpack, bool text = false) noexcept;

  /// How an input is read. A function that can be called with one argument, a string, gets text as it stands.
  [[nodiscard]] InputForm form() const noexcept { return form_; }

  /// Overwrites `args` with the arguments that the input `value` stands for.
  void assign(std::string_view value, std::string& args) const;

  /// Turns the array of one input into the arguments that the input stands for, in place.
  void settle(std::string& wrapped) const;

  /// A lone integer is the argument list of one call and needs no binding.
  [[nodiscard]] bool integer_is_call() const noexcept { return integer_is_call_; }

  /// Returns true where the input becomes an argument that must be a number.
  [[nodiscard]] bool takes_number() const noexcept { return takes_number_at(0); }
  /// The same of the element at `place` of an input that is an array of `size`.
  [[nodiscard]] bool element_takes_number(std::size_t place, std::size_t size) const noexcept;

  [[nodiscard]] const Function& function() const noexcept { return *function_; }

 private:
  [[nodiscard]] bool unpacks(std::string_view value) const;
  [[nodiscard]] bool takes_number_at(std::size_t place) const noexcept;

  const Function* function_;
  bool unpack_any_;   // an array of any size is unpacked
  bool unpack_lone_;  // an array of one element is
  bool integer_is_call_;
  InputForm form_ = InputForm::json;
};

/// How the input for one parameter is read.
[[nodiscard]] InputForm form_for(const Function& function, std::size_t parameter, bool text) noexcept;

}  // namespace prun
