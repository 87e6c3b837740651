import { mountPanel } from "../shared/mount.tsx";
import { RoundsPanel } from "./panel.tsx";
import "./rounds.css";
import "./alarms/alarms.css";

mountPanel("rounds", RoundsPanel);
