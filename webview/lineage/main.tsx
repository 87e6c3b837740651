import { mountPanel } from "../shared/mount.tsx";
import { LineagePanel } from "./panel.tsx";
import "./style.css";

mountPanel("lineage", LineagePanel);
