export { Message } from "ali-ons-upstream";
export { Producer } from "./producer.js";
export { Consumer } from "./consumer.js";
