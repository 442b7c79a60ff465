/** The version of Redis whose replies are followed. */
export const redisVersion = "7.0.15";
