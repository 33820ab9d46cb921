// See c_function.hpp.
#include "native/c_function.hpp"

#include "native/c_values.hpp"

#include <ffi.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace prun::native {
namespace {

ffi_type* ffi_type_of(CType type) noexcept {
  switch (type) {
    case CType::nothing: return &ffi_type_void;
    case CType::boolean: return &ffi_type_uint8;
    case CType::int8: return &ffi_type_sint8;
    case CType::uint8: return &ffi_type_uint8;
    case CType::int16: return &ffi_type_sint16;
    case CType::uint16: return &ffi_type_uint16;
    case CType::int32: return &ffi_type_sint32;
    case CType::uint32: return &ffi_type_uint32;
    case CType::int64: return &ffi_type_sint64;
    case CType::uint64: return &ffi_type_uint64;
    case CType::float32: return &ffi_type_float;
    case CType::float64: return &ffi_type_double;
    case CType::long_double: return &ffi_type_longdouble;
    case CType::text: return &ffi_type_pointer;
  }
  return &ffi_type_void;
}

static_assert(sizeof(ffi_arg) == sizeof(std::uintptr_t));

class CFunction final : public Function {
 public:
  CFunction(std::string name, const CSignature& signature, void* address)
      : name_(std::move(name)), parameters_(signature.parameters), result_(signature.result), address_(address) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      types_[i] = ffi_type_of(parameters_[i].type);
      signature_.parameters.push_back({parameters_[i].name, parameter_type(parameters_[i].type), {}, false});
    }
    signature_.result = result_ == CType::nothing ? "null" : prun::name_of(parameter_type(result_));
    if (result_ == CType::text) signature_.result += " or null";
    if (::ffi_prep_cif(&cif_, FFI_DEFAULT_ABI, static_cast<unsigned>(parameters_.size()), ffi_type_of(result_),
                       types_.data()) != FFI_OK) {
      throw std::logic_error("libffi cannot call " + name_);
    }
  }

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return "a C function"; }

  void call(std::string_view args, const CallContext&, std::string& result) const override {
    std::array<Slot, most_parameters> slots;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as used
    std::array<void*, most_parameters> pointers;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    CArgumentReader reader(args, parameters_.size());
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      reader.read(parameters_[i], slots[i]);
      pointers[i] = slots[i].bytes;
    }
    CResult returned{};
    ::ffi_call(&cif_, reinterpret_cast<void (*)()>(address_), &returned, pointers.data());
    wire::ValueWriter writer(result);
    write_result(result_, returned, writer);
  }

 private:
  std::string name_;
  Signature signature_;
  std::vector<CParameter> parameters_;
  CType result_;
  void* address_;
  std::array<ffi_type*, most_parameters> types_{};
  mutable ffi_cif cif_{};  // libffi takes it as not const, and only reads it
};

}  // namespace

std::unique_ptr<Function> make_c_function(std::string name, const CSignature& signature, void* address) {
  return std::make_unique<CFunction>(std::move(name), signature, address);
}

}  // namespace prun::native
