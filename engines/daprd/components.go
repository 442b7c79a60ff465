package main

import (
	contribbindings "github.com/dapr/components-contrib/bindings"
	bindingcron "github.com/dapr/components-contrib/bindings/cron"
	bindinghttp "github.com/dapr/components-contrib/bindings/http"
	bindinglocalstorage "github.com/dapr/components-contrib/bindings/localstorage"
	bindingredis "github.com/dapr/components-contrib/bindings/redis"
	bindingrocketmq "github.com/dapr/components-contrib/bindings/rocketmq"
	configurationredis "github.com/dapr/components-contrib/configuration/redis"
	conversationecho "github.com/dapr/components-contrib/conversation/echo"
	conversationopenai "github.com/dapr/components-contrib/conversation/openai"
	cryptojwks "github.com/dapr/components-contrib/crypto/jwks"
	cryptolocalstorage "github.com/dapr/components-contrib/crypto/localstorage"
	lockredis "github.com/dapr/components-contrib/lock/redis"
	nameresolutionsqlite "github.com/dapr/components-contrib/nameresolution/sqlite"
	pubsubinmemory "github.com/dapr/components-contrib/pubsub/in-memory"
	pubsubredis "github.com/dapr/components-contrib/pubsub/redis"
	pubsubrocketmq "github.com/dapr/components-contrib/pubsub/rocketmq"
	secretsenv "github.com/dapr/components-contrib/secretstores/local/env"
	secretsfile "github.com/dapr/components-contrib/secretstores/local/file"
	stateinmemory "github.com/dapr/components-contrib/state/in-memory"
	stateredis "github.com/dapr/components-contrib/state/redis"
	statesqlite "github.com/dapr/components-contrib/state/sqlite"
	"github.com/dapr/dapr/pkg/components/bindings"
	"github.com/dapr/dapr/pkg/components/configuration"
	"github.com/dapr/dapr/pkg/components/conversation"
	"github.com/dapr/dapr/pkg/components/crypto"
	"github.com/dapr/dapr/pkg/components/lock"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/kit/logger"
)

// componentRegistry names the components of the sidecar. It fills the default registries, because pluggable components
// are registered in those only.
func componentRegistry() *registry.Options {
	contrib := logger.NewLogger("dapr.contrib")

	state.DefaultRegistry.Logger = contrib
	state.DefaultRegistry.RegisterComponent(stateinmemory.NewInMemoryStateStore, "in-memory")
	state.DefaultRegistry.RegisterComponent(stateredis.NewRedisStateStore, "redis")
	state.DefaultRegistry.RegisterComponent(statesqlite.NewSQLiteStateStore, "sqlite", "sqlite3")

	pubsub.DefaultRegistry.Logger = contrib
	pubsub.DefaultRegistry.RegisterComponent(pubsubinmemory.New, "in-memory")
	pubsub.DefaultRegistry.RegisterComponent(pubsubredis.NewRedisStreams, "redis")
	pubsub.DefaultRegistry.RegisterComponent(pubsubrocketmq.NewRocketMQ, "rocketmq")

	bindings.DefaultRegistry.Logger = contrib
	bindings.DefaultRegistry.RegisterInputBinding(bindingcron.NewCron, "cron")
	bindings.DefaultRegistry.RegisterOutputBinding(bindinghttp.NewHTTP, "http")
	bindings.DefaultRegistry.RegisterOutputBinding(bindinglocalstorage.NewLocalStorage, "localstorage")
	bindings.DefaultRegistry.RegisterOutputBinding(bindingredis.NewRedis, "redis")
	bindings.DefaultRegistry.RegisterInputBinding(newRocketMQInput, "rocketmq")
	bindings.DefaultRegistry.RegisterOutputBinding(newRocketMQOutput, "rocketmq")

	configuration.DefaultRegistry.Logger = contrib
	configuration.DefaultRegistry.RegisterComponent(configurationredis.NewRedisConfigurationStore, "redis")

	lock.DefaultRegistry.Logger = contrib
	lock.DefaultRegistry.RegisterComponent(lockredis.NewStandaloneRedisLock, "redis")

	secretstores.DefaultRegistry.Logger = contrib
	secretstores.DefaultRegistry.RegisterComponent(secretsenv.NewEnvSecretStore, "local.env")
	secretstores.DefaultRegistry.RegisterComponent(secretsfile.NewLocalSecretStore, "local.file")

	crypto.DefaultRegistry.Logger = contrib
	crypto.DefaultRegistry.RegisterComponent(cryptojwks.NewJWKSCrypto, "dapr.jwks")
	crypto.DefaultRegistry.RegisterComponent(cryptolocalstorage.NewLocalStorageCrypto, "dapr.localstorage")

	conversation.DefaultRegistry.Logger = contrib
	conversation.DefaultRegistry.RegisterComponent(conversationecho.NewEcho, "echo")
	conversation.DefaultRegistry.RegisterComponent(conversationopenai.NewOpenAI, "openai")

	nameresolution.DefaultRegistry.Logger = contrib
	nameresolution.DefaultRegistry.RegisterComponent(nameresolutionsqlite.NewResolver, "sqlite")

	return registry.NewOptions().
		WithStateStores(state.DefaultRegistry).
		WithPubSubs(pubsub.DefaultRegistry).
		WithBindings(bindings.DefaultRegistry).
		WithConfigurations(configuration.DefaultRegistry).
		WithLocks(lock.DefaultRegistry).
		WithSecretStores(secretstores.DefaultRegistry).
		WithCryptoProviders(crypto.DefaultRegistry).
		WithConversations(conversation.DefaultRegistry).
		WithNameResolutions(nameresolution.DefaultRegistry)
}

// newRocketMQInput and newRocketMQOutput make one component, whose constructor tells its own type instead of an interface.
func newRocketMQInput(log logger.Logger) contribbindings.InputBinding {
	return bindingrocketmq.NewRocketMQ(log)
}

func newRocketMQOutput(log logger.Logger) contribbindings.OutputBinding {
	return bindingrocketmq.NewRocketMQ(log)
}
