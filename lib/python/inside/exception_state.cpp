// A Python process sends no state of its own C++ exceptions beyond type and message. They are never rethrown, and the types
// of the whole standard library would make the file that Python loads several times as large.
#include "worker/exception_state.hpp"

namespace prun::worker {

const char* describe_standard(const std::exception&, ExceptionState&) { return nullptr; }
bool describe_registered(const std::exception_ptr&, const std::type_info*, ExceptionState&) { return false; }
std::string encode_state(const ExceptionState&) { return {}; }
ExceptionState decode_state(std::string_view) { return {}; }

}  // namespace prun::worker
