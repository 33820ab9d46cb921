// The state of an exception beyond its type and message, so that another process can rethrow it. It is a map in the
// failure's `detail`.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

namespace prun::worker {

struct ExceptionState {
  std::string base;        ///< its standard type, or the nearest standard type that it derives from; empty: none
  std::string registered;  ///< its registered type; empty: none
  std::string state;       ///< state of the registered type
  std::int64_t code = 0;   ///< for types with an error code
  std::string category;    ///< name of the code's category; empty: none
  std::string module;      ///< the file that contains the category ("" is the program), and its offset there
  std::uint64_t offset = 0;
  std::string path1;  ///< of a filesystem_error
  std::string path2;
  std::optional<Failure> cause;  ///< its nested exception
};

[[nodiscard]] std::string encode_state(const ExceptionState& state);
/// For bytes that do not encode a state: an empty state.
[[nodiscard]] ExceptionState decode_state(std::string_view bytes);

/// Sets the fields for a standard exception. Returns the name of its type if it is exactly the standard type `base`.
[[nodiscard]] const char* describe_standard(const std::exception& error, ExceptionState& state);
/// The same for registered types. Returns false if it is not one. If `state` names a registered type already, it describes the
/// exception as that type.
bool describe_registered(const std::exception_ptr& error, const std::type_info* type, ExceptionState& state);

}  // namespace prun::worker
