// A C function of a shared library, called through libffi. It does not know how its name was written.
#pragma once

#include "function/function.hpp"
#include "native/c_signature.hpp"

#include <memory>
#include <string>

namespace prun::native {

/// @param name what it is called by
/// @param address of a function with that signature: nothing can check that it has
[[nodiscard]] std::unique_ptr<Function> make_c_function(std::string name, const CSignature& signature, void* address);

}  // namespace prun::native
