// Makes the arguments of a call from one input. It does not know where the input came from.
#pragma once

#include "function/function.hpp"
#include "input/words/input_value.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// There are two ways, as in Python:
/// - unpacking (starmap, submit, apply): the elements of an array are the arguments, any other input is the only argument;
/// - one argument (map, imap, imap_unordered): the input is the only argument, even if it is an array. But if the function
///   does not take exactly one argument, or its argument cannot be an array and the input has one element, an array is
///   unpacked, so no wrapper function is needed as in Python.
/// With unpacking, a text (--text) for a function that takes several arguments is split at its commas.
class Arguments {
 public:
  /// @param function must outlive this
  /// @param text inputs are strings without interpretation
  Arguments(const Function& function, bool unpack, bool text = false) noexcept;

  /// How an input is read. A function that can be called with one string argument gets the text unchanged.
  [[nodiscard]] InputForm form() const noexcept { return form_; }

  /// Overwrites `args` with the arguments for the input `value`.
  void assign(std::string_view value, std::string& args) const;

  /// Converts an array that contains one input to the arguments for that input, in place.
  void settle(std::string& wrapped) const;

  /// An array with one integer is the argument list of one call and needs no binding.
  [[nodiscard]] bool integer_is_call() const noexcept { return integer_is_call_; }

  /// Returns true if the input becomes an argument that must be a number.
  [[nodiscard]] bool takes_number() const noexcept { return takes_number_at(0); }
  /// The same for the element at `place` of an input that is an array of `size` elements.
  [[nodiscard]] bool element_takes_number(std::size_t place, std::size_t size) const noexcept;

  [[nodiscard]] const Function& function() const noexcept { return *function_; }

 private:
  static void split(std::string_view text, wire::ValueWriter& args);
  [[nodiscard]] bool unpacks(std::string_view value) const;
  [[nodiscard]] bool takes_number_at(std::size_t place) const noexcept;

  const Function* function_;
  bool unpack_any_;   // unpack arrays of any size
  bool unpack_lone_;  // unpack arrays of one element
  bool integer_is_call_;
  bool splits_text_ = false;
  InputForm form_ = InputForm::json;
};

/// How the input for one parameter is read.
[[nodiscard]] InputForm form_for(const Function& function, std::size_t parameter, bool text) noexcept;

}  // namespace prun
