// See plugin_function.hpp.
#include "native/plugin_function.hpp"

#include "wire/value.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace prun::native {
namespace {

ParameterType type_of(std::uint32_t type) noexcept {
  switch (type) {
    case PRUN_BOOLEAN: return ParameterType::boolean;
    case PRUN_INTEGER: return ParameterType::integer;
    case PRUN_NUMBER: return ParameterType::number;
    case PRUN_STRING: return ParameterType::string;
    case PRUN_ARRAY: return ParameterType::array;
    case PRUN_OBJECT: return ParameterType::object;
    default: return ParameterType::any;
  }
}

Signature signature_of(const prun_function& function) {
  Signature signature;
  for (std::size_t i = 0; i < function.parameter_count; ++i) {
    const prun_parameter& given = *function.parameters[i];
    Parameter& parameter = signature.parameters.emplace_back();
    parameter.name = given.name;
    parameter.type = type_of(given.type);
    if (given.default_value == nullptr) continue;
    parameter.default_value.emplace(static_cast<const char*>(given.default_value), given.default_size);
  }
  if (function.result != nullptr) signature.result = function.result;
  return signature;
}

class PluginFunction final : public Function {
 public:
  PluginFunction(std::string name, std::shared_ptr<Plugin> plugin, const prun_function& function)
      : name_(std::move(name)),
        signature_(signature_of(function)),
        help_(function.help == nullptr ? "" : function.help),
        plugin_(std::move(plugin)),
        call_(function.call),
        data_(function.data) {}

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return help_; }

  void call(std::string_view args, const CallContext& context, std::string& result) const override {
    plugin_->initialize();
    const prun_task task{sizeof(prun_task), context.index,   context.seed,
                         context.run_seed,  context.attempt, context.slot};
    PluginAnswer answer{&result};
    const prun_output output = answer.output();
    const std::size_t before = result.size();
    const int status = call_(data_, &task, args.data(), args.size(), &output);
    if (status != PRUN_OK) answer.throw_as(status, name_);
    if (!wire::is_value(std::string_view(result).substr(before))) {
      throw SerializationError(fmt::format("{} returned bytes that are not a value", name_));
    }
  }

 private:
  std::string name_;
  Signature signature_;
  std::string help_;
  std::shared_ptr<Plugin> plugin_;
  int (*call_)(const void*, const prun_task*, const void*, std::size_t, const prun_output*);
  const void* data_;
};

}  // namespace

std::unique_ptr<Function> make_plugin_function(std::string name, std::shared_ptr<Plugin> plugin,
                                               const prun_function& function) {
  return std::make_unique<PluginFunction>(std::move(name), std::move(plugin), function);
}

}  // namespace prun::native
